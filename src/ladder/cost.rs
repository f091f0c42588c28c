//! What an environment costs and carries.

use crate::cost;
use crate::cost::Capacity;
use crate::cost::Demand;
use crate::cost::Estimate;
use crate::ladder::Environment;

impl Environment {
    /// What the objects of its releases ask of the provider.
    pub fn demand(&self) -> Demand {
        Demand::default()
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
