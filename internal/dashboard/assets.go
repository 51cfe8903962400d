package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets/*.css assets/*.js assets/*.svg assets/*.txt
var assetFiles embed.FS

// asset is a file with the name that it is served by: one that holds a hash of the content, so that
// browsers may keep it for ever.
type asset struct {
	served, kind string
	content      []byte
}

// assets are the files by their own names, and byServed by the names that they are served by.
var assets, byServed = readAssets()

func readAssets() (own, served map[string]asset) {
	own, served = map[string]asset{}, map[string]asset{}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // embedded: it is there
	}
	for _, entry := range entries {
		content, err := assetFiles.ReadFile("assets/" + entry.Name())
		if err != nil {
			panic(err) // as above
		}
		sum := sha256.Sum256(content)
		ending := path.Ext(entry.Name())
		file := asset{
			served:  strings.TrimSuffix(entry.Name(), ending) + "." + hex.EncodeToString(sum[:6]) + ending,
			kind:    map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}[ending],
			content: content,
		}
		own[entry.Name()], served[file.served] = file, file
	}
	return own, served
}

// assetPath is where a page finds a file.
func assetPath(name string) string { return Prefix + "/assets/" + assets[name].served }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	file, ok := byServed[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", file.kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("ETag", `"`+file.served+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.content))
}
