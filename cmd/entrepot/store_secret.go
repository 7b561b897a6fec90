package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// secretFlag says where a secret comes from: never from the command line,
// where others see it.
type secretFlag struct {
	SecretFile string `help:"File that holds the secret (a GUID, or as random); without it one is made and printed." placeholder:"FILE" type:"existingfile"`
}

// secret reads the secret, or makes one.
func (f secretFlag) secret() (secret string, made bool, err error) {
	if f.SecretFile == "" {
		return uuid.NewString(), true, nil
	}
	if secret, err = readSecret(f.SecretFile); err != nil {
		return "", false, err
	}
	if err = order.CheckSecret(secret); err != nil {
		return "", false, fmt.Errorf("%s: %w", f.SecretFile, err)
	}
	return secret, false, nil
}

func readSecret(file string) (string, error) {
	body, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	secret := strings.TrimSpace(string(body))
	if secret == "" {
		return "", fmt.Errorf("%s is empty; expected a secret", file)
	}
	return secret, nil
}

// newSecretJSON is what `store add` and `store rotate-secret` answer
// (docs/cli-json.md).
type newSecretJSON struct {
	Store  order.StoreNumber `json:"store"`
	Secret string            `json:"secret,omitempty"` // only one that was made here
}

func printStoreSecret(con console, asJSON bool, number order.StoreNumber, secret string, made bool) error {
	if !made {
		secret = ""
	} else {
		_, _ = fmt.Fprintln(con.Err, "entrepot: the secret is shown this once; only a hash of it is kept")
	}
	if asJSON {
		return writeJSON(con.Out, newSecretJSON{number, secret})
	}
	text := fmt.Sprintf("store: %d\n", number)
	if made {
		text += fmt.Sprintf("secret: %s\n", secret)
	}
	_, err := con.Out.Write([]byte(text))
	return err
}

type storeRotateCommand struct {
	dataFlag
	secretFlag
	jsonFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run makes the new secret valid.
func (c *storeRotateCommand) Run(ctx context.Context, con console) error {
	secret, made, err := c.secret()
	if err != nil {
		return err
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		if err := s.RotateSecret(ctx, order.StoreNumber(c.Number), secret); err != nil {
			return noStore(c.Number, err)
		}
		return printStoreSecret(con, c.JSON, order.StoreNumber(c.Number), secret, made)
	})
}

type storeRemoveSecretCommand struct {
	dataFlag
	jsonFlag
	Number     int64  `arg:"" help:"The store's number."`
	SecretFile string `help:"File that holds the secret that is to end; without it the older one does." placeholder:"FILE" type:"existingfile" xor:"which"`
	Newer      bool   `help:"End the newer one: a rotation that went wrong." xor:"which"`
	Last       bool   `help:"Even if it is the only one: the store then answers nobody until it gets another."`
}

// removedSecretJSON is what `store remove-secret` answers (docs/cli-json.md).
type removedSecretJSON struct {
	Store order.StoreNumber `json:"store"`
	Ended secretJSON        `json:"endedSecret"`
}

// Run ends one of the store's secrets at once.
func (c *storeRemoveSecretCommand) Run(ctx context.Context, con console) error {
	choice := order.SecretChoice{Newer: c.Newer, Last: c.Last}
	if c.SecretFile != "" {
		var err error
		if choice.Is, err = readSecret(c.SecretFile); err != nil {
			return err
		}
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		ended, err := s.RemoveSecret(ctx, order.StoreNumber(c.Number), choice)
		switch {
		case fault.Is(err, fault.Conflict):
			return withHint(err, "`entrepot store rotate-secret` adds another first; --last ends it all the same")
		case err != nil:
			return noStore(c.Number, err)
		case c.JSON:
			return writeJSON(con.Out, removedSecretJSON{order.StoreNumber(c.Number), secretJSON{moment(ended.CreatedAt)}})
		}
		_, err = fmt.Fprintf(con.Out, "store: %d\nended: the secret set %s\n", c.Number, ended.CreatedAt.Format(time.RFC3339))
		return err
	})
}
