/**
 * Keeps sessions in files, for programs that run on Node.
 *
 * @packageDocumentation
 */
export { type FileStorageOptions, fileStorage } from './storage_file.js';
