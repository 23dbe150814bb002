// Package prometheus stands in for the metrics of a server: the package of texts counts what it writes, for nobody here.
package prometheus

// Counter counts nothing.
type Counter struct{}

// CounterOpts names a counter.
type CounterOpts struct{ Name, Help string }

// NewCounter makes a counter.
func NewCounter(CounterOpts) Counter { return Counter{} }

// Inc does nothing.
func (Counter) Inc() {}

// MustRegister does nothing.
func MustRegister(...Counter) {}

// Registerer knows nothing.
type Registerer interface{}

// Observer sees nothing.
type Observer interface{}
