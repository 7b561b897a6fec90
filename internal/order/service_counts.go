package order

import "context"

// countChunk is how many orders are counted on one state of the database: a
// few milliseconds' worth, so that counting holds up no checkpoint.
const countChunk = 20_000

// CountStatuses counts all orders by status. It reads every one of them, so it
// is for now and then. Orders that change meanwhile count as what they were
// or as what they are.
func (s *Service) CountStatuses(ctx context.Context) (map[Status]int64, error) {
	counts := make(map[Status]int64)
	var after ID
	for {
		var last ID
		err := s.storage.View(ctx, func(v View) (err error) {
			last, err = v.CountStatuses(after, countChunk, counts)
			return err
		})
		if err != nil || last == (ID{}) {
			return counts, err
		}
		after = last
	}
}
