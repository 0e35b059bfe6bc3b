// What a browser keeps, where it is allowed to; where it is not, the page forgets.

function kept(open) {
  const attempt = (use) => {
    try {
      return use(open());
    } catch {
      return null;
    }
  };
  return {
    get: (key) => attempt((storage) => storage.getItem(key)),
    set: (key, value) => attempt((storage) => storage.setItem(key, value)),
    remove: (key) => attempt((storage) => storage.removeItem(key)),
  };
}

// As long as the tab is open, reloads included.
export const session = kept(() => sessionStorage);

// For good.
export const local = kept(() => localStorage);
