// Argo CD's application controller and repo server, which the first word chooses, and what keeps their cache: a Redis in
// memory, the one of Argo CD's own tests.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/spf13/cobra"

	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
)

func main() {
	root := &cobra.Command{Use: "argo-cd", SilenceUsage: true, Version: version()}
	redis := &cobra.Command{Use: "redis ADDRESS", Short: "Keep a cache in memory", Args: cobra.ExactArgs(1), RunE: serveRedis}
	root.AddCommand(controller.NewCommand(), reposerver.NewCommand(), redis)
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/argoproj/argo-cd/v3" {
			return module.Version
		}
	}
	return "unknown"
}

func serveRedis(_ *cobra.Command, args []string) error {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(args[0]); err != nil {
		return err
	}
	fmt.Println("listening on", server.Addr())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// It has no clock of its own: what is cached would never expire.
	for second := time.Tick(time.Second); ; server.FastForward(time.Second) {
		select {
		case <-second:
		case <-signals:
			server.Close()
			return nil
		}
	}
}
