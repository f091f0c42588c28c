//! What an environment costs and carries.

use crate::cost;
use crate::cost::Capacity;
use crate::cost::Demand;
use crate::cost::Estimate;
use crate::kubernetes::Object;
use crate::ladder::Environment;
use crate::ladder::workload::Placeholders;
use crate::source::Span;

/// What an environment costs and carries.
#[derive(Debug)]
pub struct Assessment {
    /// What its releases ask of the cluster.
    pub demand: Demand,
    /// What it costs.
    pub estimate: Estimate,
    /// Whether its nodes carry what it runs.
    pub capacity: Capacity,
}

impl Environment {
    /// What the objects of its releases ask of the provider.
    fn demand(&self) -> Demand {
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
    fn estimate(&self, demand: &Demand) -> Estimate {
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
            estimate.append(demand.estimate(&provider));
        }
        estimate
    }

    /// What it costs and carries.
    pub fn assessment(&self) -> &Assessment {
        self.assessment.get_or_init(|| {
            let demand = self.demand();
            let estimate = self.estimate(&demand);
            // Where there are more nodes than are known, nothing can be said of what they carry.
            let pools = if estimate.more_nodes { &[] } else { estimate.pools.as_slice() };
            let capacity = cost::weigh(pools, estimate.high_availability, &demand.pods);
            Assessment { demand, estimate, capacity }
        })
    }
}
