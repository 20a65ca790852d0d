package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// BucketRegion reads where the account's bucket of the name is, or "" where the account has none
// of it: a bucket of someone else's is none.
func BucketRegion(ctx context.Context, s *awsapi.Session, name string) (string, error) {
	pages := s3.NewListBucketsPaginator(s.In("").S3(), &s3.ListBucketsInput{MaxBuckets: aws.Int32(bucketPage), Prefix: aws.String(name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("looking for bucket %s: %w", name, err)
		}
		for _, b := range page.Buckets {
			switch {
			case aws.ToString(b.Name) != name:
			case aws.ToString(b.BucketRegion) == "":
				return bucketRegion(ctx, &Scope{Session: s, AWS: s.In("")}, name)
			default:
				return *b.BucketRegion, nil
			}
		}
	}
	return "", nil
}
