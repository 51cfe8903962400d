// Package browser holds the tests of the console in a real browser: what its pages are for, how they look and
// whether everybody can use them. It has no code of its own.
//
// The tests need a Chromium or Chrome, named by USHER_CHROMIUM, and axe-core, which scripts/npm-packages.sh
// installs; scripts/test.sh sees to both. Where USHER_SCREENSHOTS names a folder, every page is written there
// as a picture, wide and narrow, light and dark.
package browser
