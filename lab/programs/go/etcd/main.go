// etcd's main program. It is built in this module because `go install` does not accept the replace directives of etcd's
// module.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
