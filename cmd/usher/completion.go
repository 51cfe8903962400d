package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints what makes a shell complete commands and flags.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help says where to put it.
func (*completionCommand) Help() string {
	return `bash: put  source <(usher completion bash)  into ~/.bashrc
zsh:  put  source <(usher completion zsh)  into ~/.zshrc, after compinit
fish: usher completion fish > ~/.config/fish/completions/usher.fish`
}

// Run prints the script of a shell.
func (c *completionCommand) Run() error {
	_, err := fmt.Fprint(os.Stdout, completionScripts[c.Shell])
	return err
}

// completionScripts ask the program itself, each time, how a line may go on: what it knows of its
// commands is then written down once, and right for the version that is installed.
var completionScripts = map[string]string{
	"bash": `# bash completion for usher
_usher() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${COMP_WORDS[0]}" completion-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _usher usher
`,
	"zsh": `#compdef usher
# zsh completion for usher
_usher() {
  local line
  local -a found
  for line in "${(@f)$("${words[1]}" completion-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( ${#found} )); then
    _describe usher found
  else
    _files
  fi
}
compdef _usher usher
`,
	"fish": `# fish completion for usher
function __usher_words
    set --local words (commandline --tokenize --current-process --cut-at-cursor)
    set --local found ($words[1] completion-words -- $words[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline --current-token --cut-at-cursor)
    end
end
complete --command usher --no-files --arguments '(__usher_words)'
`,
}

// completionWordsCommand is what the scripts ask.
type completionWordsCommand struct {
	Words []string `arg:"" optional:"" help:"The line so far, without the name of the program; the last word is being typed."`
}

// Run prints how the last word may go on, with a tab and what it means.
func (c *completionWordsCommand) Run(chosen *kong.Context) error {
	var lines strings.Builder
	for _, word := range completions(chosen.Model.Node, c.Words) {
		fmt.Fprintf(&lines, "%s\t%s\n", word.text, word.help)
	}
	_, err := fmt.Fprint(os.Stdout, lines.String())
	return err
}

// completion is a word that may come next.
type completion struct{ text, help string }

// completions says how the last of the words may go on, for a line that begins at a node.
func completions(node *kong.Node, words []string) []completion {
	if len(words) == 0 {
		return nil
	}
	before, typed := words[:len(words)-1], words[len(words)-1]
	var flag *kong.Flag
	for _, word := range before {
		switch {
		case word == "=":
			// bash takes --flag=value apart.
		case flag != nil:
			flag = nil
		case strings.HasPrefix(word, "-"):
			flag = awaiting(node, word)
		default:
			if child := childOf(node, word); child != nil {
				node = child
			}
		}
	}
	if name, value, ok := strings.Cut(typed, "="); ok && strings.HasPrefix(name, "--") {
		if flag := awaiting(node, name); flag != nil {
			return values(flag.Value, name+"=", value)
		}
		return nil
	}
	switch {
	case flag != nil:
		return values(flag.Value, "", strings.TrimPrefix(typed, "="))
	case strings.HasPrefix(typed, "-"):
		return flags(node, typed)
	}
	return commandsAndArguments(node, typed)
}

// awaiting is the flag of a word that the next word gives the value of, or nil.
func awaiting(node *kong.Node, word string) *kong.Flag {
	for _, flag := range allFlags(node) {
		if "--"+flag.Name == word && !flag.IsBool() {
			return flag
		}
	}
	return nil
}

// allFlags are those of a node and of what it belongs to.
func allFlags(node *kong.Node) (flags []*kong.Flag) {
	for ; node != nil; node = node.Parent {
		flags = append(flags, node.Flags...)
	}
	return flags
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

func flags(node *kong.Node, typed string) (found []completion) {
	for _, flag := range allFlags(node) {
		if text := "--" + flag.Name; !flag.Hidden && strings.HasPrefix(text, typed) {
			found = append(found, completion{text, firstSentence(flag.Help)})
		}
	}
	return found
}

func commandsAndArguments(node *kong.Node, typed string) (found []completion) {
	for _, child := range node.Children {
		if !child.Hidden && strings.HasPrefix(child.Name, typed) {
			found = append(found, completion{child.Name, firstSentence(child.Help)})
		}
	}
	for _, argument := range node.Positional {
		found = append(found, values(argument, "", typed)...)
	}
	return found
}

// values are those that a flag or an argument may have, where that is known. Of several, joined by
// commas, the last one is being typed.
func values(of *kong.Value, before, typed string) (found []completion) {
	if of.Enum == "" {
		return nil
	}
	if last := strings.LastIndexByte(typed, ','); of.IsSlice() && last >= 0 {
		before, typed = before+typed[:last+1], typed[last+1:]
	}
	for _, value := range of.EnumSlice() {
		if value != "" && strings.HasPrefix(value, typed) {
			found = append(found, completion{text: before + value})
		}
	}
	slices.SortFunc(found, func(a, b completion) int { return strings.Compare(a.text, b.text) })
	return found
}

// firstSentence keeps a list of completions to a line each.
func firstSentence(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(sentence, ".")
}
