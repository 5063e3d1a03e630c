// Says a proverb of Go's, and which version says it.
package main

import (
	"os"

	"rsc.io/quote"
)

var version = "0"

func main() {
	os.Stdout.WriteString(version + ": " + quote.Go() + "\n")
}
