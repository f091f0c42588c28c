//! What an environment costs and carries.

use crate::cost;
use crate::cost::Capacity;
use crate::cost::Demand;
use crate::cost::Estimate;
use crate::helm::Manifest;
use crate::kubernetes::Object;
use crate::kubernetes::Unknowns;
use crate::ladder::Environment;
use crate::source::Span;

/// Which values of a manifest are only decided at deploy time.
struct Placeholders<'m>(&'m Manifest);

impl Unknowns for Placeholders<'_> {
    fn is_unknown(&self, span: Span) -> bool {
        self.0.origin(span).unknown.is_some()
    }
}

impl Environment {
    /// What the objects of its releases ask of the provider.
    pub fn demand(&self) -> Demand {
        let mut demand = Demand::default();
        for release in &self.releases {
            let Some(Ok(rendered)) = &release.rendered else { continue };
            let unknowns: Vec<Placeholders<'_>> = rendered.manifests.iter().map(Placeholders).collect();
            let manifests = rendered.manifests.iter().zip(&unknowns);
            let objects: Vec<Object<'_>> =
                manifests.flat_map(|(manifest, unknowns)| Object::all(&manifest.tree, unknowns)).collect();
            let place = |span: Span| {
                let origin = rendered.origin(span);
                origin.and_then(|origin| origin.primary()).unwrap_or(span)
            };
            demand.append(Demand::of_objects(&objects, &place));
        }
        demand
    }

    /// True where every release was rendered, so that nothing that asks for room is missing.
    pub fn demand_is_complete(&self) -> bool {
        self.releases.iter().all(|release| matches!(release.rendered, Some(Ok(_))))
    }

    /// What it costs: its host, its cluster, the resources of its Pulumi stacks, and what `demand` asks of the
    /// provider.
    pub fn estimate(&self, demand: &Demand) -> Estimate {
        let mut estimate = Estimate::default();
        if !self.projects.is_empty() || self.monthly.is_some() {
            estimate.append(cost::of_host(self.host.as_ref(), self.monthly.as_ref()));
        }
        if let Some(cluster) = &self.cluster {
            estimate.append(cost::of_cluster(cluster));
        }
        for deployed in self.stacks.iter().filter_map(|stack| stack.loaded.as_ref()) {
            estimate.append(cost::of_reading(&deployed.reading));
        }
        let provider = estimate.pools.first().and_then(|pool| pool.size.split_once('/'));
        let provider = provider.map(|(provider, _)| provider.to_owned());
        if let Some(provider) = provider {
            let mut asked = demand.clone();
            // The configuration counts the load balancers in front of a cluster that no Service asks for; a Service
            // of the same cluster that asks for one is another.
            asked.pods.clear();
            estimate.append(asked.estimate(&provider));
        }
        estimate
    }

    /// Whether its nodes carry what `demand` asks for.
    pub fn capacity(&self, demand: &Demand) -> Capacity {
        let estimate = self.estimate(&Demand::default());
        cost::weigh(&estimate.pools, estimate.high_availability, &demand.pods)
    }
}
