// The document, touched only where something has changed: screen readers and selections are left in peace.

export const byId = (id) => document.getElementById(id);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

// A copy of what is in the template with this id.
export const copyOf = (id) => byId(id).content.firstElementChild.cloneNode(true);

// Makes the children of `list` those of `items`, in their order. `keyOf` tells items apart, `make` makes a child, and
// `fill(child, item)` writes it.
export function children(list, items, { keyOf, make, fill }) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(items.map((item) => String(keyOf(item))));
  // First, so that those that stay are where they belong: a child that is moved loses the focus.
  for (const [key, child] of known) if (!wanted.has(key)) child.remove();
  items.forEach((item, index) => {
    const key = String(keyOf(item));
    const child = known.get(key) ?? make(item);
    child.dataset.key = key;
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
    fill(child, item);
  });
}
