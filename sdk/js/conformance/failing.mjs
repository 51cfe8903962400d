/** A storage that can be made to fail: `fails` holds of load, save and remove what does not work. */
export function failingStorage(storage, fails) {
  const failing =
    (operation, call) =>
    (...parameters) => {
      if (fails.has(operation)) throw new Error(`the storage fails to ${operation}`);
      return call(...parameters);
    };
  return {
    ...storage,
    getItem: failing('load', storage.getItem),
    setItem: failing('save', storage.setItem),
    removeItem: failing('remove', storage.removeItem),
  };
}

/** Makes `fails` hold just these operations; none when missing. */
export function setFails(fails, operations) {
  fails.clear();
  for (const operation of operations ?? []) fails.add(operation);
}
