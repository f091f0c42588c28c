//! Which dependencies take part: conditions, tags, aliases, and values imported from subcharts.
//!
//! Works on a graph of nodes that share what Helm shares: two aliases of one chart share the declarations of
//! its own dependencies, and renaming one renames it for the other.

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;
use std::rc::Weak;
use std::sync::Arc;

use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::chart::Import;
use crate::helm::chart::satisfies;
use crate::helm::chart::text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::helm::values::coalesce::Coalescer;
use crate::helm::values::coalesce::Nulls;
use crate::helm::values::table;
use crate::helm::values::value_at;
use crate::helm::values::yaml;

/// A chart as it takes part in one rendering: perhaps renamed, with its dependencies sorted out.
pub(crate) struct Node {
    /// The chart it is.
    pub(crate) chart: Arc<Chart>,
    helm: HelmVersion,
    name: String,
    /// What it is a copy of, which what lies below it may still have as its parent.
    #[expect(dead_code, reason = "it is held, not read: a parent that nobody holds is gone")]
    original: Option<Rc<Node>>,
    parent: RefCell<Weak<Node>>,
    dependencies: RefCell<Vec<Rc<Node>>>,
    declared: RefCell<Option<Vec<Rc<Declared>>>>,
    values: RefCell<Dict>,
}

/// A declaration in `Chart.yaml`, as rendering changes it.
pub(crate) struct Declared {
    /// Its place among the declarations of the chart that makes it.
    pub(crate) index: usize,
    /// The chart whose `Chart.yaml` has it.
    pub(crate) chart: Arc<Chart>,
    name: RefCell<String>,
    enabled: Cell<bool>,
    imported: Cell<bool>,
}

impl Declared {
    /// The name: the alias, once the declaration has been looked at.
    pub(crate) fn name(&self) -> String {
        self.name.borrow().clone()
    }

    fn copied(declared: &Rc<Self>) -> Rc<Self> {
        Rc::new(Self {
            index: declared.index,
            chart: Arc::clone(&declared.chart),
            name: declared.name.clone(),
            enabled: declared.enabled.clone(),
            imported: declared.imported.clone(),
        })
    }

    /// True where the imports have been read, which gives them another shape in templates.
    pub(crate) fn imported(&self) -> bool {
        self.imported.get()
    }

    /// The declaration as written.
    pub(crate) fn written(&self) -> Option<&crate::helm::chart::Dependency> {
        self.chart.metadata.dependencies.as_ref()?.get(self.index)?.as_ref()
    }
}

impl Node {
    /// The graph of a chart and everything in its `charts/`, as it was loaded, with the places of its values where those
    /// are asked for.
    pub(crate) fn tree(chart: &Arc<Chart>, helm: HelmVersion, places: bool) -> Result<Rc<Self>, Problem> {
        let values = match (&chart.values, &chart.values_file) {
            (_, Some(file)) if helm.reads_all_documents() => yaml::mapping(file, helm),
            (Some(tree), _) => yaml::mapping_of(tree, places),
            (None, _) => Ok(Dict::new()),
        };
        let values = values.map_err(|problem| problem.within("cannot load values.yaml"))?;
        let declared = chart.metadata.dependencies.as_ref().map(|declared| {
            let named = declared.iter().enumerate().filter_map(|(index, dependency)| {
                let name = RefCell::new(text(&dependency.as_ref()?.name).to_owned());
                Some(Rc::new(Declared {
                    index,
                    chart: Arc::clone(chart),
                    name,
                    enabled: Cell::new(false),
                    imported: Cell::new(false),
                }))
            });
            named.collect()
        });
        let dependencies = chart
            .dependencies
            .iter()
            .map(|chart| Self::tree(chart, helm, places))
            .collect::<Result<Vec<_>, _>>()?;
        let node = Rc::new(Self {
            chart: Arc::clone(chart),
            helm,
            name: chart.name().to_owned(),
            original: None,
            parent: RefCell::default(),
            dependencies: RefCell::default(),
            declared: RefCell::new(declared),
            values: RefCell::new(values),
        });
        node.adopt(dependencies);
        Ok(node)
    }

    fn adopt(self: &Rc<Self>, dependencies: Vec<Rc<Self>>) {
        for dependency in &dependencies {
            *dependency.parent.borrow_mut() = Rc::downgrade(self);
        }
        *self.dependencies.borrow_mut() = dependencies;
    }

    /// A copy under another name. In Helm 3 it shares the dependencies, whose parent stays the original, and their
    /// declarations.
    fn renamed(self: &Rc<Self>, name: &str) -> Rc<Self> {
        let renamed = self.copied(name);
        if self.helm.copies_declarations() {
            let copies = self.declared().map(|declared| declared.iter().map(Declared::copied).collect());
            *renamed.declared.borrow_mut() = copies;
            renamed.adopt(self.dependencies().iter().map(|chart| chart.copied(&chart.name)).collect());
        }
        renamed
    }

    fn copied(self: &Rc<Self>, name: &str) -> Rc<Self> {
        Rc::new(Self {
            chart: Arc::clone(&self.chart),
            helm: self.helm,
            name: name.to_owned(),
            original: Some(Rc::clone(self)),
            parent: RefCell::new(Weak::clone(&self.parent.borrow())),
            dependencies: RefCell::new(self.dependencies()),
            declared: RefCell::new(self.declared()),
            values: RefCell::new(self.values()),
        })
    }

    /// The name: the alias, where it has one.
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    /// True for the chart that is installed.
    pub(crate) fn is_root(&self) -> bool {
        self.parent.borrow().upgrade().is_none()
    }

    /// The name from the root, as files are named in the output: `chart/charts/sub`.
    pub(crate) fn full_path(&self) -> String {
        match self.parent.borrow().upgrade() {
            Some(parent) => format!("{}/charts/{}", parent.full_path(), self.name),
            None => self.name.clone(),
        }
    }

    /// The charts it depends on that take part.
    pub(crate) fn dependencies(&self) -> Vec<Rc<Self>> {
        self.dependencies.borrow().clone()
    }

    /// The declarations that are left; `None` for none at all.
    pub(crate) fn declared(&self) -> Option<Vec<Rc<Declared>>> {
        self.declared.borrow().clone()
    }

    /// Its default values, with what was imported.
    pub(crate) fn values(&self) -> Dict {
        self.values.borrow().clone()
    }

    /// Sorts out which dependencies take part and under which name, and imports values from them.
    pub(crate) fn process(self: &Rc<Self>, values: &Dict, warnings: &mut Vec<String>) -> Result<(), Problem> {
        self.enable(values, "", warnings)?;
        self.import_below(warnings)
    }

    fn enable(self: &Rc<Self>, values: &Dict, path: &str, warnings: &mut Vec<String>) -> Result<(), Problem> {
        let Some(declared) = self.declared() else { return Ok(()) };
        let loaded = self.dependencies();
        let fits = |chart: &Node, declared: &Declared| {
            let constraint = declared.written().map_or("", |written| text(&written.version));
            chart.name == *declared.name.borrow() && satisfies(constraint, chart.chart.version())
        };
        let mut taking_part: Vec<Rc<Self>> = loaded
            .iter()
            .filter(|chart| !declared.iter().any(|declared| fits(chart, declared)))
            .map(Rc::clone)
            .collect();
        for declaration in &declared {
            let alias = declaration.written().map_or("", |written| text(&written.alias));
            if let Some(chart) = loaded.iter().find(|chart| fits(chart, declaration)) {
                let name = if alias.is_empty() { chart.name.as_str() } else { alias };
                taking_part.push(chart.renamed(name));
            }
            if !alias.is_empty() {
                alias.clone_into(&mut declaration.name.borrow_mut());
            }
        }
        self.adopt(taking_part);
        for declaration in &declared {
            declaration.enabled.set(true);
        }
        let effective = Coalescer { nulls: Nulls::usual(self.helm), warnings }.values(self, values)?;
        tags(&declared, &effective, warnings);
        conditions(&declared, &effective, path, warnings);
        let off: Vec<String> =
            declared.iter().filter(|declared| !declared.enabled.get()).map(|off| off.name()).collect();
        let mut left = self.dependencies();
        left.retain(|chart| !off.contains(&chart.name));
        for chart in &left {
            chart.enable(&effective, &format!("{path}{}.", chart.name), warnings)?;
        }
        let declared: Vec<_> =
            declared.into_iter().filter(|declared| !off.contains(&*declared.name.borrow())).collect();
        *self.declared.borrow_mut() = if declared.is_empty() { None } else { Some(declared) };
        self.adopt(left);
        Ok(())
    }

    fn import_below(self: &Rc<Self>, warnings: &mut Vec<String>) -> Result<(), Problem> {
        for dependency in self.dependencies() {
            dependency.import_below(warnings)?;
        }
        self.import(warnings)
    }

    fn import(self: &Rc<Self>, warnings: &mut Vec<String>) -> Result<(), Problem> {
        let Some(declared) = self.declared() else { return Ok(()) };
        let mut coalescer = Coalescer { nulls: Nulls::Keep, warnings };
        let effective = coalescer.values(self, &Dict::new())?;
        let imported = Dict::new();
        for declaration in &declared {
            let name = declaration.name();
            let imports = match declaration.written() {
                Some(written) if !declaration.imported.get() => written.import_values.as_slice(),
                _ => &[],
            };
            for import in imports {
                let (child, parent) = match import {
                    Import::Exports(key) => (format!("exports.{}", key.value), "."),
                    Import::Table { child, parent, .. } => (child.clone(), parent.as_str()),
                    Import::Ignored(_) => continue,
                };
                let Some(found) = table(&effective, &format!("{name}.{child}")) else {
                    let warning =
                        format!("ImportValues missing table from chart {name}: {child:?} is not a table");
                    coalescer.warnings.push(warning);
                    continue;
                };
                let found = nested(parent, found);
                coalescer.tables(&imported, &found, "", 0);
            }
            declaration.imported.set(true);
        }
        if !imported.is_empty() {
            coalescer.tables(&effective, &imported, "", 0);
        }
        *self.values.borrow_mut() = effective;
        Ok(())
    }
}

/// A map under a dotted path of new maps.
fn nested(path: &str, inner: Dict) -> Dict {
    if path == "." {
        return inner;
    }
    path.rsplit('.').fold(inner, |inner, key| [(key, Value::from(inner))].into_iter().collect())
}

fn tags(declared: &[Rc<Declared>], values: &Dict, warnings: &mut Vec<String>) {
    let Some(set) = values.get("tags").and_then(|tags| tags.as_dict().cloned()) else { return };
    for declaration in declared {
        let Some(written) = declaration.written() else { continue };
        let (mut any_on, mut any_off) = (false, false);
        for tag in &written.tags {
            match set.get(&tag.value).map(|value| value.data) {
                Some(Data::Bool(true)) => any_on = true,
                Some(Data::Bool(false)) => any_off = true,
                Some(_) => warnings.push(format!(
                    "Tag '{}' for chart {} returned non-bool value",
                    tag.value,
                    declaration.name()
                )),
                None => {}
            }
        }
        declaration.enabled.set(any_on || !any_off);
    }
}

fn conditions(declared: &[Rc<Declared>], values: &Dict, path: &str, warnings: &mut Vec<String>) {
    for declaration in declared {
        let Some(written) = declaration.written() else { continue };
        for condition in text(&written.condition).trim().split(',').filter(|part| !part.is_empty()) {
            match value_at(values, &format!("{path}{condition}")).map(|value| value.data) {
                Some(Data::Bool(enabled)) => {
                    declaration.enabled.set(enabled);
                    break;
                }
                Some(_) => warnings.push(format!(
                    "Condition path '{condition}' for chart {} returned non-bool value",
                    declaration.name()
                )),
                None => {}
            }
        }
    }
}
