//! Kubernetes objects: views, quantities, schemas, API lifecycle.
