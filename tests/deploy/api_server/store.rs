//! What an API server keeps: objects by group, namespace and name, each change with a version of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, Sender, channel};

/// Where an object is: group and plural (`deployments.apps`), namespace (empty for cluster-wide kinds), name.
pub(crate) type Key = (String, String, String);

/// A change, as a watch tells it.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) what: &'static str,
    pub(crate) key: Key,
    pub(crate) object: Value,
}

pub(crate) struct Store {
    objects: BTreeMap<Key, Value>,
    version: u64,
    events: Sender<Event>,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            objects: BTreeMap::new(),
            version: 1,
            events: channel(4096).0,
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn watch(&self) -> Receiver<Event> {
        self.events.subscribe()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.objects.iter()
    }

    /// All of a kind, in one namespace or (empty) in all.
    pub(crate) fn list(&self, resource: &str, namespace: &str) -> Vec<&Value> {
        self.objects
            .iter()
            .filter(|((r, n, _), _)| r == resource && (namespace.is_empty() || n == namespace))
            .map(|(_, object)| object)
            .collect()
    }

    /// Stores an object that differs from the one stored; the same one is no change.
    pub(crate) fn put(&mut self, key: Key, mut object: Value) -> Value {
        let old = self.objects.get(&key);
        if old == Some(&object) {
            return object;
        }
        self.version += 1;
        let what = if old.is_none() { "ADDED" } else { "MODIFIED" };
        let generation = match old {
            Some(old) if old["spec"] == object["spec"] => old["metadata"]["generation"].clone(),
            Some(old) => json!(old["metadata"]["generation"].as_u64().unwrap_or(0) + 1),
            None => json!(1),
        };
        let metadata = object["metadata"]
            .as_object_mut()
            .expect("metadata is there");
        metadata.insert("resourceVersion".into(), json!(self.version.to_string()));
        metadata.insert("generation".into(), generation);
        if old.is_none() {
            metadata.insert("creationTimestamp".into(), json!("2026-11-24T00:00:00Z"));
            let uid = format!("00000000-0000-4000-8000-{:012}", self.version);
            metadata.insert("uid".into(), json!(uid));
        }
        self.objects.insert(key.clone(), object.clone());
        self.tell(what, key, &object);
        object
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Value> {
        let object = self.objects.remove(key)?;
        self.version += 1;
        self.tell("DELETED", key.clone(), &object);
        Some(object)
    }

    fn tell(&self, what: &'static str, key: Key, object: &Value) {
        let event = Event {
            what,
            key,
            object: object.clone(),
        };
        // Fails only when nobody watches.
        drop(self.events.send(event));
    }
}
