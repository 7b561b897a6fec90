package console

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

var (
	codeMark   = regexp.MustCompile("`([^`]+)`")
	strongMark = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// inline makes HTML of one paragraph of the document, which uses two marks of
// Markdown: `code` and **strong**.
func inline(text string) template.HTML {
	text = html.EscapeString(text)
	text = codeMark.ReplaceAllString(text, "<code>$1</code>")
	return template.HTML(strongMark.ReplaceAllString(text, "<strong>$1</strong>")) //nolint:gosec // escaped above
}

// prose makes paragraphs.
func prose(text string) (paragraphs template.HTML) {
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		paragraphs += "<p>" + inline(p) + "</p>\n"
	}
	return paragraphs
}
