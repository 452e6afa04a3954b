// Prints the status and the message that kstatus, by which Flux and kpt wait, makes of the object on standard input.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		info, _ := debug.ReadBuildInfo()
		fmt.Println(info)
		return
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(input); err != nil {
		log.Fatal(err)
	}
	result, err := status.Compute(object)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s\n", result.Status, result.Message)
}
