//! What one minor knows, as JSON: its resource types, and the schema of every type they use.

use k8s_openapi::ClusterResourceScope;
use k8s_openapi::Resource;
use schemars::JsonSchema;
use schemars::SchemaGenerator;
use serde_json::Value;
use serde_json::json;

/// All resources of a minor and what they are made of.
pub fn dump() -> Value {
    let mut dump = Dump { generator: SchemaGenerator::default(), kinds: Vec::new() };
    each_resource(&mut dump);
    json!({"kinds": dump.kinds, "definitions": dump.generator.take_definitions(true)})
}

struct Dump {
    generator: SchemaGenerator,
    kinds: Vec<Value>,
}

impl Dump {
    fn add<T: Resource + JsonSchema>(&mut self) {
        self.generator.subschema_for::<T>();
        let cluster = std::any::type_name::<T::Scope>() == std::any::type_name::<ClusterResourceScope>();
        self.kinds.push(json!({
            "apiVersion": T::API_VERSION,
            "kind": T::KIND,
            "cluster": cluster,
            "definition": T::schema_name(),
        }));
    }
}

include!(concat!(env!("OUT_DIR"), "/resources.rs"));
