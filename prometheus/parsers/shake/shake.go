// Command shake removes from vendored packages all code that reading a configuration does not need, such as the clients of
// clouds. It keeps the named declarations, the methods that read and check them, and all that these use.
// Usage: shake <folders>:<names> ..., both patterns.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// Methods that read a configuration. Other methods are kept only if their names are used.
	reading = regexp.MustCompile(`^(UnmarshalYAML|UnmarshalText|Validate|Name|SetDirectory|MarshalJSON|MarshalYAML|String|NewDiscoverer|NewDiscovererMetrics)$`)
	// Methods that create a client. An interface requires them, but the parsers never call them.
	making = regexp.MustCompile(`^(NewDiscoverer|NewDiscovererMetrics)$`)
)

// part is a declaration in one file of a package.
type part struct {
	file *ast.File
	decl ast.Decl
}

func main() {
	for _, argument := range os.Args[1:] {
		pattern, names, _ := strings.Cut(argument, ":")
		folders, err := filepath.Glob(pattern)
		for _, folder := range folders {
			if err == nil {
				err = shake(folder, regexp.MustCompile("^("+names+")$"))
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, pattern+":", err)
			os.Exit(1)
		}
	}
}

func shake(folder string, roots *regexp.Regexp) error {
	files := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	target := build.Default
	target.GOOS, target.GOARCH = "js", "wasm"
	parsed := []*ast.File{}
	for _, path := range paths {
		fits, err := target.MatchFile(folder, filepath.Base(path))
		if err != nil {
			return err
		}
		if fits {
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			parsed = append(parsed, file)
		}
	}
	kept := needed(parsed, roots)
	if len(kept) == 0 {
		return nil
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for i, file := range parsed {
		decls := []ast.Decl{}
		for _, one := range kept {
			if one.file == file {
				decls = append(decls, one.decl)
			}
		}
		if len(decls) == 0 {
			continue
		}
		var text bytes.Buffer
		fmt.Fprintf(&text, "package %s\n\n", file.Name.Name)
		for _, one := range file.Imports {
			if uses(decls, nameOf(one)) {
				fmt.Fprintln(&text, "import", imported(one))
			}
		}
		for _, decl := range decls {
			text.WriteString("\n")
			if err := format.Node(&text, files, decl); err != nil {
				return err
			}
			text.WriteString("\n")
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("shaken%d.go", i)), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// declared has the declarations of a package: in order, by name, the methods by their type, and the kept parts of init.
type declared struct {
	all            []part
	named, methods map[string][]part
	inits          []part
}

func declarations(parsed []*ast.File) *declared {
	found := &declared{named: map[string][]part{}, methods: map[string][]part{}}
	for _, file := range parsed {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				found.addFunction(part{file, d}, d)
			case *ast.GenDecl:
				found.addGeneral(file, d)
			}
		}
	}
	return found
}

func (found *declared) addFunction(one part, function *ast.FuncDecl) {
	name := function.Name.Name
	switch {
	case function.Recv != nil:
		of := receiver(function)
		found.methods[of] = append(found.methods[of], one)
		if making.MatchString(name) {
			function.Body = &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent("panic"),
				Args: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: `"not compiled in"`}}}}}}
		}
	case name != "init":
		found.named[name] = append(found.named[name], one)
	case !slices.ContainsFunc(function.Body.List, registers):
		return
	default:
		function.Body.List = slices.DeleteFunc(function.Body.List, func(one ast.Stmt) bool {
			_, sets := one.(*ast.AssignStmt)
			return !sets && !registers(one)
		})
		found.inits = append(found.inits, one)
	}
	found.all = append(found.all, one)
}

// addGeneral adds types, variables and constants. Constants that use iota stay together; other declarations are separate.
func (found *declared) addGeneral(file *ast.File, general *ast.GenDecl) {
	groups := [][]ast.Spec{general.Specs}
	switch general.Tok {
	case token.IMPORT:
		return
	case token.TYPE, token.VAR:
		groups = slices.Collect(slices.Chunk(general.Specs, 1))
	}
	for _, specs := range groups {
		one := part{file, &ast.GenDecl{Tok: general.Tok, Specs: specs, Lparen: token.Pos(min(len(specs)-1, 1))}}
		found.all = append(found.all, one)
		for _, spec := range specs {
			for _, name := range namesOf(spec) {
				found.named[name] = append(found.named[name], one)
			}
		}
	}
}

// needed returns the declarations that configurations need, in the order of the package.
func needed(parsed []*ast.File, roots *regexp.Regexp) []part {
	found := declarations(parsed)
	queue := found.inits
	for name, parts := range found.named {
		if roots.MatchString(name) {
			queue = append(queue, parts...)
		}
	}
	// A name that a file does not define is defined in its package.
	free := map[*ast.Ident]bool{}
	for _, file := range parsed {
		for _, name := range file.Unresolved {
			free[name] = true
		}
	}
	kept := map[ast.Decl]bool{}
	calls := map[string]bool{}
	types := map[string]bool{}
	for len(queue) > 0 {
		one := queue[0]
		queue = queue[1:]
		if !kept[one.decl] {
			kept[one.decl] = true
			if general, ok := one.decl.(*ast.GenDecl); ok && general.Tok == token.TYPE {
				types[namesOf(general.Specs[0])[0]] = true
			}
			ast.Inspect(one.decl, func(node ast.Node) bool {
				switch n := node.(type) {
				case *ast.SelectorExpr:
					calls[n.Sel.Name] = true
				case *ast.Ident:
					if free[n] || n.Obj != nil && one.file.Scope.Lookup(n.Name) == n.Obj {
						queue = append(queue, found.named[n.Name]...)
					}
				}
				return true
			})
		}
		if len(queue) > 0 {
			continue
		}
		for name := range types {
			for _, one := range found.methods[name] {
				method := one.decl.(*ast.FuncDecl).Name.Name
				if !kept[one.decl] && (reading.MatchString(method) || calls[method]) {
					queue = append(queue, one)
				}
			}
		}
	}
	return slices.DeleteFunc(found.all, func(one part) bool { return !kept[one.decl] })
}

// registers reports whether a statement registers a service discovery.
func registers(statement ast.Stmt) bool {
	found := false
	ast.Inspect(statement, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			found = found || strings.EqualFold(name.Name, "RegisterConfig")
		}
		return true
	})
	return found
}

func receiver(method *ast.FuncDecl) string {
	kind := method.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func namesOf(spec ast.Spec) []string {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []string{s.Name.Name}
	case *ast.ValueSpec:
		names := []string{}
		for _, name := range s.Names {
			names = append(names, name.Name)
		}
		return names
	}
	return nil
}

func imported(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name + " " + spec.Path.Value
	}
	return spec.Path.Value
}

var version = regexp.MustCompile(`^v\d+$`)

// nameOf returns the name of an import in a file: its explicit name, or the usual package name of its path.
func nameOf(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	whole, _ := strconv.Unquote(spec.Path.Value)
	name := path.Base(whole)
	if version.MatchString(name) {
		name = path.Base(path.Dir(whole))
	}
	name, _, _ = strings.Cut(name, ".v")
	return strings.TrimPrefix(name, "go-")
}

func uses(decls []ast.Decl, name string) bool {
	found := false
	for _, decl := range decls {
		ast.Inspect(decl, func(node ast.Node) bool {
			if chosen, ok := node.(*ast.SelectorExpr); ok {
				if base, ok := chosen.X.(*ast.Ident); ok && base.Name == name {
					found = true
				}
			}
			return !found
		})
	}
	return found
}
