//! How many pods there are: autoscalers and disruption budgets.

use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Selector;

/// A `HorizontalPodAutoscaler`.
#[derive(Clone, Copy, Debug)]
pub struct Autoscaler<'o, 't> {
    /// The object.
    pub object: &'o Object<'t>,
    /// Its specification.
    pub spec: Part<'t>,
}

impl<'o, 't> Autoscaler<'o, 't> {
    /// The autoscaler that an object is.
    pub fn of(object: &'o Object<'t>) -> Option<Self> {
        let spec = object.spec()?;
        object.is_kind("autoscaling", "HorizontalPodAutoscaler").then_some(Self { object, spec })
    }

    /// The fewest pods: one where it says nothing; `None` where that is unknown.
    pub fn minimum(self) -> Option<i64> {
        self.spec.get("minReplicas").map_or(Some(1), Part::int)
    }

    /// The most pods.
    pub fn maximum(self) -> Option<i64> {
        self.spec.int_at("maxReplicas")
    }

    /// What it scales: `apiVersion`, `kind`, `name`.
    pub fn target(self) -> Option<Part<'t>> {
        self.spec.get("scaleTargetRef")
    }

    /// The resources whose use it holds against what was requested, each with where it says so.
    pub fn utilization_of(self) -> Vec<(String, Part<'t>)> {
        let mut resources = Vec::new();
        if let Some(target) = self.spec.get("targetCPUUtilizationPercentage") {
            resources.push(("cpu".to_owned(), target));
        }
        for metric in self.spec.list("metrics") {
            let Some(resource) = metric.get("resource") else { continue };
            // `autoscaling/v2beta1` has it beside the name.
            let by_use = resource.at(&["target", "averageUtilization"]);
            let target = by_use.or_else(|| resource.get("targetAverageUtilization"));
            if let (Some(name), Some(target)) = (resource.text_at("name"), target) {
                resources.push((name.into_owned(), target));
            }
        }
        resources
    }
}

/// A `PodDisruptionBudget`.
#[derive(Clone, Copy, Debug)]
pub struct DisruptionBudget<'o, 't> {
    /// The object.
    pub object: &'o Object<'t>,
    /// Its specification.
    pub spec: Part<'t>,
}

impl<'o, 't> DisruptionBudget<'o, 't> {
    /// The budget that an object is.
    pub fn of(object: &'o Object<'t>) -> Option<Self> {
        let spec = object.spec()?;
        object.is_kind("policy", "PodDisruptionBudget").then_some(Self { object, spec })
    }

    /// What it selects pods by.
    pub fn selector(self) -> Option<Selector<'t>> {
        self.spec.get("selector").map(Selector::read)
    }

    /// How many pods must stay: a number or a percentage.
    pub fn minimum_available(self) -> Option<Part<'t>> {
        self.spec.get("minAvailable")
    }

    /// How many pods may go: a number or a percentage.
    pub fn maximum_unavailable(self) -> Option<Part<'t>> {
        self.spec.get("maxUnavailable")
    }
}
