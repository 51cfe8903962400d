package server

// JudgeDisk is what a check-up says of a disk with so many bytes free, and a database of so many on it.
func JudgeDisk(free, size int64) Finding {
	found := &findings{}
	judgeDisk(found, free, size)
	return found.all[0]
}
