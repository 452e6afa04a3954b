// Prints the status and the message that a health check of Argo CD, the file that is named, makes of the object on
// standard input. As Argo CD does it: the same Lua, with no more than its safe libraries, and the object as `obj`.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime/debug"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		info, _ := debug.ReadBuildInfo()
		fmt.Println(info)
		return
	}
	if len(os.Args) != 2 {
		log.Fatal("usage: argo-health FILE < OBJECT")
	}
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var object any
	if err := json.NewDecoder(os.Stdin).Decode(&object); err != nil {
		log.Fatal(err)
	}
	vm := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer vm.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
	} {
		if err := vm.CallByParam(lua.P{Fn: vm.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			log.Fatal(err)
		}
	}
	vm.SetGlobal("obj", toLua(vm, object))
	if err := vm.DoString(string(script)); err != nil {
		log.Fatal(err)
	}
	health, ok := vm.Get(-1).(*lua.LTable)
	if !ok {
		log.Fatalf("the script returns a %s where Argo CD wants a table", vm.Get(-1).Type())
	}
	fmt.Printf("%s: %s\n", health.RawGetString("status"), health.RawGetString("message"))
}

// As Argo CD decodes it: no integers, and null is nil.
func toLua(vm *lua.LState, value any) lua.LValue {
	switch it := value.(type) {
	case bool:
		return lua.LBool(it)
	case float64:
		return lua.LNumber(it)
	case string:
		return lua.LString(it)
	case []any:
		table := vm.CreateTable(len(it), 0)
		for _, each := range it {
			table.Append(toLua(vm, each))
		}
		return table
	case map[string]any:
		table := vm.CreateTable(0, len(it))
		for name, each := range it {
			table.RawSetString(name, toLua(vm, each))
		}
		return table
	default:
		return lua.LNil
	}
}
