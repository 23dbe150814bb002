// Package prometheus replaces the metrics library: the template packages count their expansions, but no server exposes the
// counts here.
package prometheus

// Counter does nothing.
type Counter struct{}

// CounterOpts has the name of a counter.
type CounterOpts struct{ Name, Help string }

// NewCounter returns a counter that does nothing.
func NewCounter(CounterOpts) Counter { return Counter{} }

// Inc does nothing.
func (Counter) Inc() {}

// MustRegister does nothing.
func MustRegister(...Counter) {}

// Registerer is empty: nothing is registered.
type Registerer interface{}

// Observer is empty: nothing is observed.
type Observer interface{}
