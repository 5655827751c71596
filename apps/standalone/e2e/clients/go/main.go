// Drives KMS by the AWS SDK for Go v2, pointed at the service by the environment alone. Prints a line of JSON for each
// check: its name, and what went wrong if it failed.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

var ctx, cancel = context.WithTimeout(context.Background(), 2*time.Minute)

type check struct {
	name string
	run  func(k *kms.Client)
}

type outcome struct {
	Name   string `json:"name"`
	Failed string `json:"failed,omitempty"`
}

func main() {
	defer cancel()
	k := kms.NewFromConfig(must(config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))))
	lines := json.NewEncoder(os.Stdout)
	for _, one := range checks {
		must(0, lines.Encode(outcome{one.name, failureOf(one, k)}))
	}
}

func failureOf(one check, k *kms.Client) (failed string) {
	defer func() {
		if thrown := recover(); thrown != nil {
			failed = fmt.Sprint(thrown)
		}
	}()
	one.run(k)
	return ""
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func expect(holds bool, format string, values ...any) {
	if !holds {
		panic(fmt.Errorf(format, values...))
	}
}
