package wire

import "entrepot/internal/order"

// AppendHead writes what changes of an order, as orderDetail has it, as an
// object of its own.
func AppendHead(dst []byte, h *order.Head) []byte {
	return append(appendHead(append(dst, '{'), h), '}')
}
