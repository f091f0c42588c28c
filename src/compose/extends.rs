//! `extends`: a service starts as another one, of the same document or of another file.

use crate::compose::environment::Environment;
use crate::compose::finish;
use crate::compose::load::Loader;
use crate::compose::load::promote;
use crate::compose::merge;
use crate::compose::path::Path;
use crate::compose::pitfall;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::read;
use crate::compose::read::Reset;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::source::Span;

/// One step on the way through `extends`: file and service.
type Step = (String, String);

/// The services of one file, and what its documents reset.
struct Base {
    services: Mapping,
    resets: Vec<Reset>,
}

/// A service, the place that names it, and the file it is in with the place that names that.
type Reference = (String, Span, Option<(String, Span)>);

/// Longer chains are refused; nobody writes them.
const MAX_CHAIN: usize = 100;

impl Loader<'_> {
    /// Applies `extends` to every service of a mapping. `directory` is what `file` is relative to.
    pub(crate) fn extends(
        &mut self,
        services: &mut Mapping,
        file: &str,
        directory: &str,
        environment: &Environment,
        resets: &[Reset],
    ) {
        let names: Vec<String> = services.keys().cloned().collect();
        for name in names {
            let place = Place { file, directory, environment };
            let merged = self.extended(&name, services, &place, resets, &[]);
            if self.failed() {
                return;
            }
            if let (Some(merged), Some(entry)) = (merged, services.get_mut(&name)) {
                entry.value = merged;
            }
        }
    }

    /// A service with its base under it; `None` where it is null or cannot be made.
    fn extended(
        &mut self,
        name: &str,
        services: &mut Mapping,
        place: &Place<'_>,
        resets: &[Reset],
        chain: &[Step],
    ) -> Option<Value> {
        let service = services.get(name)?.value.clone();
        if service.is_null() || service.is_unknown() {
            return None;
        }
        let path = format!("services.{name}");
        if !service.is_mapping() {
            let message =
                format!("the service `{name}` must be a mapping, and is {}", service.data.describe());
            self.problems.push(Problem::new(Code::WrongValue, service.span, path, message));
            if let Some(entry) = services.get_mut(name) {
                entry.value.mark_unknown("it is not a mapping", Some(service.span));
            }
            return None;
        }
        let Some(extends) = service.entry("extends") else { return Some(service) };
        let (key, extends) = (extends.key, extends.value.clone());
        let path = format!("{path}.extends");
        let mut plain = service;
        plain.take("extends");
        let Some((reference, at, file)) = self.reference(&extends, key, name, &path) else {
            return Some(plain);
        };

        let step = (file.as_ref().map_or(place.file, |(file, _)| file).to_owned(), name.to_owned());
        if let Some(first) =
            chain.iter().position(|known| *known == step).or((chain.len() > MAX_CHAIN).then_some(0))
        {
            let way: Vec<String> =
                chain.iter().skip(first).map(|(_, service)| format!("`{service}`")).collect();
            let message = format!("`extends` goes in a circle: {} and `{name}` again", way.join(", "));
            self.problems.push(Problem::new(Code::Extends, at, path, message));
            return Some(plain);
        }
        let mut chain = chain.to_vec();
        chain.push(step);

        let mut other = None;
        if let Some((file, span)) = &file {
            other = Some(self.base(file, *span, place, &path)?);
        }
        let (base, where_) = if let (Some(base), Some((file, _))) = (&mut other, &file) {
            if !base.services.contains_key(&reference) {
                self.not_found(&reference, at, Some(file), &base.services, &path);
                return Some(plain);
            }
            let resets = std::mem::take(&mut base.resets);
            let place = Place { file, ..*place };
            (self.extended(&reference, &mut base.services, &place, &resets, &chain), Some(file))
        } else {
            if !services.contains_key(&reference) {
                self.not_found(&reference, at, None, services, &path);
                return Some(plain);
            }
            (self.extended(&reference, services, place, resets, &chain), None)
        };
        let _ = where_;
        if self.failed() {
            return None;
        }
        let Some(mut base) = base else { return Some(plain) };
        let mut wrapped = Value::new(Data::Mapping(Mapping::default()), base.span);
        let mut section = wrapped.clone();
        section.put(name, base.span, base);
        wrapped.put("services", section.span, section);
        read::apply_resets(&mut wrapped, resets);
        base = match wrapped.get_mut("services").and_then(|services| services.take(name)) {
            Some(entry) => entry.value,
            None => plain.with(Data::Mapping(Mapping::default())),
        };
        through(&mut base, at);
        if self.checking() {
            pitfall::lay_over(&base, &plain, &format!("services.{name}"), &mut self.problems);
        }
        let (span, origin) = (plain.span, plain.origin.clone());
        let root = Path::ROOT;
        let section = root.key("services");
        merge::merge(&mut base, plain, section.key(name), &mut self.problems);
        base.take("extends");
        base.span = span;
        base.origin = origin;
        if let Some(entry) = services.get_mut(name) {
            entry.value = base.clone();
        }
        Some(base)
    }

    /// Service and file of an `extends`; `None` where it says neither.
    fn reference(&mut self, extends: &Value, key: Span, name: &str, path: &str) -> Option<Reference> {
        if extends.is_unknown() {
            return None;
        }
        let mut wrong = |span: Span, message: String| {
            self.problems.push(Problem::new(Code::Extends, span, path, message));
        };
        match &extends.data {
            Data::String(service) => Some((service.clone(), extends.span, None)),
            Data::Mapping(_) => {
                let Some(service) = extends.get("service") else {
                    wrong(key, format!("`extends` of `{name}` names no service"));
                    return None;
                };
                let Some(text) = service.as_str() else {
                    wrong(
                        service.span,
                        format!("`service` must be a string, and is {}", service.data.describe()),
                    );
                    return None;
                };
                let file = match extends.get("file") {
                    None => None,
                    Some(file) if file.is_null() => None,
                    Some(file) => match file.as_str() {
                        Some(_) if file.is_unknown() => return None,
                        Some(text) => Some((text.to_owned(), file.span)),
                        None => {
                            wrong(
                                file.span,
                                format!("`file` must be a path, and is {}", file.data.describe()),
                            );
                            return None;
                        }
                    },
                };
                if service.is_unknown() {
                    return None;
                }
                Some((text.to_owned(), service.span, file))
            }
            other => {
                wrong(key, format!("`extends` must name a service, and is {}", other.describe()));
                None
            }
        }
    }

    fn not_found(&mut self, reference: &str, at: Span, file: Option<&str>, services: &Mapping, path: &str) {
        let place = file.map(|file| format!(" in `{file}`")).unwrap_or_default();
        let message = format!("there is no service `{reference}`{place} to extend");
        let mut problem = Problem::new(Code::Extends, at, path, message);
        if let Some(similar) = crate::compose::schema::similar(reference, services.keys().map(String::as_str))
        {
            problem = problem.help(format!("did you mean `{similar}`?"));
        } else if file.is_none() {
            problem = problem.help(
                "an override file cannot see the services of the file under it: name that file with `file`",
            );
        }
        self.problems.push(problem);
    }

    /// The services of another file, with its paths written from `directory`.
    fn base(&mut self, file: &str, span: Span, place: &Place<'_>, path: &str) -> Option<Base> {
        let (directory, environment) = (place.directory, place.environment);
        if is_remote(file) {
            let message = format!("`{file}` is read over the network, and was not read");
            self.problems.push(Problem::new(Code::Remote, span, path, message).warning());
            return None;
        }
        let full = if file.starts_with('/') { file.to_owned() } else { finish::join(directory, file) };
        let parsed = match self.parsed(&full) {
            Ok(parsed) => parsed,
            Err(error) => {
                let message = format!("`{file}` cannot be read: {error}");
                self.problems.push(Problem::new(Code::Extends, span, path, message));
                return None;
            }
        };
        if self.failed() {
            return None;
        }
        let mut model: Option<Value> = None;
        let mut resets = Vec::new();
        for document in &parsed.documents {
            let mut value = document.value.clone();
            self.interpolate(&mut value, environment);
            if self.failed() {
                return None;
            }
            promote(&mut value, &mut self.problems);
            let mut merged = match model.take() {
                None => value,
                Some(mut base) => {
                    read::apply_resets(&mut base, &document.resets);
                    merge::merge(&mut base, value, Path::ROOT, &mut self.problems);
                    base
                }
            };
            resets.clone_from(&document.resets);
            self.settle(&mut merged, false);
            if self.failed() {
                return None;
            }
            model = Some(merged);
        }
        let services = model.as_ref().and_then(|model| model.get("services"));
        if services.is_none_or(|services| !services.is_mapping()) {
            if parsed.sound {
                let message = format!("`{file}` has no services to extend");
                self.problems.push(Problem::new(Code::Extends, span, path, message));
            }
            return None;
        }
        let mut model = model?;
        let folder = FileFolder::of(&full);
        let relative = finish::relative(directory, folder.0);
        self.paths(&mut model, &relative);
        let services = model.take("services")?.value;
        let Data::Mapping(services) = services.data else { return None };
        Some(Base { services, resets })
    }
}

/// Where an `extends` stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    file: &'p str,
    directory: &'p str,
    environment: &'p Environment,
}

/// The folder part of a path.
pub(crate) struct FileFolder<'f>(pub(crate) &'f str);

impl<'f> FileFolder<'f> {
    pub(crate) fn of(path: &'f str) -> Self {
        Self(match path.rfind('/') {
            Some(0) => "/",
            Some(at) => path.get(..at).unwrap_or_default(),
            None => "",
        })
    }
}

/// True for what Compose would fetch: an OCI artifact or a git repository.
pub(crate) fn is_remote(file: &str) -> bool {
    let prefixes = ["oci://", "https://", "http://", "git://", "ssh://", "github.com/", "git@"];
    prefixes.iter().any(|prefix| file.starts_with(prefix))
}

/// Notes for everything that was inherited where it was asked for.
fn through(value: &mut Value, at: Span) {
    value.origin.through.push(at);
    match &mut value.data {
        Data::Sequence(items) => items.iter_mut().for_each(|item| through(item, at)),
        Data::Mapping(mapping) => mapping.values_mut().for_each(|entry| through(&mut entry.value, at)),
        _ => {}
    }
}
