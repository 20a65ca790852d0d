package fakeaws

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamDevice struct {
	user    string
	enabled time.Time
}

// devicesPerUser is IAM's quota.
const devicesPerUser = 8

func serveIAMDevices(c *Cloud) {
	on(c, createVirtualDevice)
	on(c, enableDevice)
	on(c, listVirtualDevices)
	on(c, func(r *Request, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		all := []types.MFADevice{}
		for _, serial := range user.devices {
			all = append(all, types.MFADevice{SerialNumber: aws.String(serial), UserName: aws.String(user.name), EnableDate: aws.Time(r.iam().devices[serial].enabled)})
		}
		devices, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
		return &iam.ListMFADevicesOutput{MFADevices: devices, Marker: marker, IsTruncated: more}, err
	})
	on(c, func(r *Request, in *iam.DeactivateMFADeviceInput) (*iam.DeactivateMFADeviceOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		at := slices.Index(user.devices, aws.ToString(in.SerialNumber))
		if at < 0 {
			return nil, noSuchEntity("MFA Device invalid for user.")
		}
		user.devices = slices.Delete(user.devices, at, at+1)
		r.iam().devices[aws.ToString(in.SerialNumber)].user = ""
		return &iam.DeactivateMFADeviceOutput{}, nil
	})
	on(c, func(r *Request, in *iam.DeleteVirtualMFADeviceInput) (*iam.DeleteVirtualMFADeviceOutput, error) {
		device := r.iam().devices[aws.ToString(in.SerialNumber)]
		switch {
		case device == nil:
			return nil, noSuchEntity("VirtualMFADevice with serial number %s doesn't exist.", aws.ToString(in.SerialNumber))
		case device.user != "":
			return nil, deleteConflict("MFA VirtualDevice in use. Must deactivate first.")
		}
		delete(r.iam().devices, aws.ToString(in.SerialNumber))
		return &iam.DeleteVirtualMFADeviceOutput{}, nil
	})
}

func createVirtualDevice(r *Request, in *iam.CreateVirtualMFADeviceInput) (*iam.CreateVirtualMFADeviceOutput, error) {
	path, err := iamNamed("virtualMFADevice", aws.ToString(in.VirtualMFADeviceName), 226, in.Path)
	if err != nil {
		return nil, err
	}
	serial := r.iamARN("mfa", path, aws.ToString(in.VirtualMFADeviceName))
	if r.iam().devices[serial] != nil {
		return nil, entityExists("MFADevice entity at the same path and name already exists.")
	}
	r.iam().devices[serial] = &iamDevice{}
	return &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{SerialNumber: aws.String(serial), Base32StringSeed: []byte("SEED")}}, nil
}

// enableDevice gives a user a virtual device that exists, or a hardware one, whose serial
// number is no ARN.
func enableDevice(r *Request, in *iam.EnableMFADeviceInput) (*iam.EnableMFADeviceOutput, error) {
	user, err := r.iamUser(in.UserName)
	if err != nil {
		return nil, err
	}
	serial := aws.ToString(in.SerialNumber)
	device := r.iam().devices[serial]
	switch {
	case device == nil && strings.HasPrefix(serial, "arn:"):
		return nil, noSuchEntity("VirtualMFADevice with serial number %s doesn't exist.", serial)
	case device != nil && device.user != "":
		return nil, entityExists("MFA Device is already in use.")
	case len(user.devices) >= devicesPerUser:
		return nil, iamLimit("Cannot exceed quota for MFADevicesPerUser: %d", devicesPerUser)
	}
	r.iam().devices[serial] = &iamDevice{user: user.name, enabled: r.Now}
	user.devices = append(user.devices, serial)
	return &iam.EnableMFADeviceOutput{}, nil
}

// listVirtualDevices leaves hardware out, as IAM does.
func listVirtualDevices(r *Request, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	all := []types.VirtualMFADevice{}
	for _, serial := range slices.Sorted(maps.Keys(r.iam().devices)) {
		device := r.iam().devices[serial]
		if !strings.HasPrefix(serial, "arn:") || in.AssignmentStatus == types.AssignmentStatusTypeAssigned && device.user == "" ||
			in.AssignmentStatus == types.AssignmentStatusTypeUnassigned && device.user != "" {
			continue
		}
		shown := types.VirtualMFADevice{SerialNumber: aws.String(serial)}
		if user := r.iam().users[device.user]; user != nil {
			shown.User, shown.EnableDate = user.shown(), aws.Time(device.enabled)
		}
		all = append(all, shown)
	}
	devices, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: devices, Marker: marker, IsTruncated: more}, err
}
