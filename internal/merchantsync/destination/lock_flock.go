//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package destination

import (
	"errors"
	"os"
	"syscall"

	"entrepot/internal/merchantsync"
)

// lock keeps other processes of ours from writing to the file. It ends with
// the process, however that ends.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return merchantsync.ErrJournalBusy
	}
	return err
}
