//! TypeScript and JavaScript programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use tree_sitter::Node as Syntax;
use tree_sitter::Parser;

use crate::pulumi::Project;
use crate::pulumi::program::Language;
use crate::pulumi::program::Link;
use crate::pulumi::program::Program;
use crate::pulumi::program::ProgramError;
use crate::pulumi::program::entry;
use crate::pulumi::program::lower::Lower;
use crate::pulumi::program::lower::children;
use crate::pulumi::program::lower::fields;
use crate::pulumi::program::lower::number;
use crate::pulumi::program::lower::operator;
use crate::pulumi::program::lower::unescaped;
use crate::pulumi::program::syntax::Argument;
use crate::pulumi::program::syntax::Class;
use crate::pulumi::program::syntax::Expression;
use crate::pulumi::program::syntax::Field;
use crate::pulumi::program::syntax::FieldKey;
use crate::pulumi::program::syntax::Function;
use crate::pulumi::program::syntax::Import;
use crate::pulumi::program::syntax::Keys;
use crate::pulumi::program::syntax::Literal;
use crate::pulumi::program::syntax::Module;
use crate::pulumi::program::syntax::Node;
use crate::pulumi::program::syntax::Operator;
use crate::pulumi::program::syntax::Parameter;
use crate::pulumi::program::syntax::Pattern;
use crate::pulumi::program::syntax::Statement;
use crate::pulumi::program::syntax::StatementKind;
use crate::source::Source;
use crate::source::SourceMap;

/// Reads the entry and every module of the project that it imports.
pub(super) fn load(sources: &SourceMap, project: &Project) -> Result<Program, ProgramError> {
    let (folder, file) = entry(sources, project);
    let first =
        file.or_else(|| main_of_package(sources, &folder)).or_else(|| found(sources, &folder.join("index")));
    let Some(first) = first else {
        let shown = if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() };
        return Err(ProgramError::NoFile(shown, "the folder has no `index.ts` or `index.js`"));
    };
    let mut program = Program::new(Language::TypeScript, project.source.whole());
    let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut waiting = vec![first];
    let mut imports: Vec<(usize, PathBuf, Box<str>)> = Vec::new();
    while let Some(path) = waiting.pop() {
        if known.contains_key(&path) {
            continue;
        }
        let Some(source) = program.source(sources, &path) else { continue };
        let Some(module) = parse(&source, &mut program, is_typed(&path)) else { continue };
        let index = program.modules.len();
        known.insert(path.clone(), index);
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        for import in imported(&module) {
            imports.push((index, folder.clone(), import.clone()));
            if import.starts_with('.') {
                waiting.extend(found(sources, &folder.join(&*import)));
            }
        }
        if index == 0 {
            program.span = module.span.at_start();
        }
        program.modules.push(module);
    }
    if program.modules.is_empty() {
        return Err(ProgramError::NoFile(folder.display().to_string(), "its entry cannot be read"));
    }
    for (module, folder, path) in imports {
        let local = if path.starts_with('.') {
            found(sources, &folder.join(&*path)).and_then(|path| known.get(&path).copied())
        } else {
            None
        };
        let link = match local {
            Some(index) => Link::Local(index),
            None => Link::Library(library(&path)),
        };
        program.links.insert((module, path), link);
    }
    Ok(program)
}

fn imported(module: &Module) -> Vec<Box<str>> {
    let imports = module.body.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Import(import) => Some(import.path.clone()),
        _ => None,
    });
    imports.collect()
}

fn is_typed(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension != "tsx" && extension != "jsx")
}

/// `main` of `package.json`.
fn main_of_package(sources: &SourceMap, folder: &Path) -> Option<PathBuf> {
    let path = folder.join("package.json");
    if !sources.files().is_file(&path) {
        return None;
    }
    let package: serde_json::Value = serde_json::from_str(&sources.read(&path).ok()?.text).ok()?;
    let main = package.get("main")?.as_str()?;
    let compiled = folder.join(main);
    // What is compiled is read from what it is compiled of.
    let name = compiled.with_extension("");
    let stripped = main.trim_start_matches("./");
    let source = stripped.strip_prefix("bin/").or_else(|| stripped.strip_prefix("dist/"));
    let source = source.map(|rest| folder.join(rest).with_extension(""));
    found(sources, &name).or_else(|| source.and_then(|source| found(sources, &source)))
}

/// The file of a module: with an extension, or the index of a folder.
fn found(sources: &SourceMap, path: &Path) -> Option<PathBuf> {
    let files = sources.files();
    let relative = files.relative(path);
    if files.is_file(&relative) {
        return Some(relative);
    }
    let text = relative.to_str()?;
    // `./network.js` may be written for `network.ts`.
    let bare = text.strip_suffix(".js").unwrap_or(text);
    let candidates = ["ts", "tsx", "js", "mjs", "cjs", "mts"].into_iter();
    let direct = candidates.clone().map(|extension| PathBuf::from(format!("{bare}.{extension}")));
    let index = candidates.map(|extension| relative.join(format!("index.{extension}")));
    direct.chain(index).find(|path| files.is_file(path))
}

/// The path of a library as all languages share it: `aws/ec2`, `pulumi`, `node:fs`.
fn library(import: &str) -> Arc<str> {
    let package = import.strip_prefix("@pulumi/").or_else(|| import.strip_prefix("@pulumiverse/"));
    if let Some(package) = package {
        return package.into();
    }
    let name = import.rsplit_once('/').map_or(import, |(_, name)| name);
    match name.strip_prefix("pulumi-") {
        Some(package) => package.into(),
        None => format!("node:{}", import.trim_start_matches("node:")).into(),
    }
}

fn parse(source: &Source, program: &mut Program, typed: bool) -> Option<Module> {
    let mut parser = Parser::new();
    let language = if typed {
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT
    } else {
        tree_sitter_typescript::LANGUAGE_TSX
    };
    parser.set_language(&language.into()).ok()?;
    let tree = parser.parse(source.text.as_bytes(), None)?;
    let mut lower = Lower::new(source);
    lower.find_errors(tree.root_node());
    let mut body = Vec::new();
    for child in children(tree.root_node()) {
        lower.ts_statement(child, &mut body);
    }
    program.strings.append(&mut lower.strings);
    program.note_errors(source, &lower.errors);
    Some(Module { body, span: source.whole() })
}

impl Lower<'_> {
    fn ts_block(&mut self, node: Syntax<'_>) -> Vec<Statement> {
        let mut body = Vec::new();
        self.deeper(|lower| {
            if node.kind() == "statement_block" {
                for child in children(node) {
                    lower.ts_statement(child, &mut body);
                }
            } else {
                lower.ts_statement(node, &mut body);
            }
        });
        body
    }

    fn ts_string(&self, node: Syntax<'_>) -> String {
        let text = self.text(node);
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        unescaped(inner)
    }

    fn ts_statement(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let field = |name: &str| node.child_by_field_name(name);
        let kind = match node.kind() {
            "import_statement" => {
                self.ts_import(node, body);
                return;
            }
            "export_statement" => {
                self.ts_export(node, body);
                return;
            }
            "lexical_declaration" | "variable_declaration" => {
                for declarator in children(node) {
                    let Some(name) = declarator.child_by_field_name("name") else { continue };
                    let value = declarator.child_by_field_name("value");
                    // `const x = require("y")` is an import.
                    if let Some(path) = value.and_then(|value| self.required(value)) {
                        let (whole, names) = match name.kind() {
                            "object_pattern" => (None, self.ts_names(name)),
                            _ => (Some(self.name(name)), Vec::new()),
                        };
                        let import = Import { path, whole, names, all: false };
                        body.push(Statement { kind: StatementKind::Import(import), span });
                        continue;
                    }
                    let value = value.map(|value| self.ts(value));
                    let pattern = self.ts_pattern(name);
                    body.push(Statement { kind: StatementKind::Let(vec![pattern], value), span });
                }
                return;
            }
            "function_declaration" | "generator_function_declaration" => {
                let name = field("name").map(|name| self.name(name)).unwrap_or_default();
                let function = self.ts_function(node, name);
                StatementKind::Function(Arc::new(function))
            }
            "class_declaration" | "abstract_class_declaration" => {
                let class = self.ts_class(node);
                StatementKind::Class(Arc::new(class))
            }
            "enum_declaration" => {
                let Some(name) = field("name") else { return };
                let members = field("body").map(children).unwrap_or_default();
                let mut made = Vec::new();
                for (at, member) in members.into_iter().enumerate() {
                    let counted = Literal::Int(i64::try_from(at).unwrap_or(0));
                    if member.kind() == "enum_assignment" {
                        let (Some(key), Some(value)) =
                            (member.child_by_field_name("name"), member.child_by_field_name("value"))
                        else {
                            continue;
                        };
                        let key = FieldKey::Name(self.ts_key(key));
                        made.push(Field { key, value: self.ts(value) });
                    } else {
                        let key = FieldKey::Name(self.ts_key(member));
                        let value = self.node(member, Expression::Literal(counted));
                        made.push(Field { key, value });
                    }
                }
                let record = Expression::Record { kind: None, fields: made, by_value: false };
                let value = self.node(node, record);
                StatementKind::Let(vec![Pattern::Name(self.name(name))], Some(value))
            }
            "expression_statement" => {
                let Some(expression) = children(node).first().copied() else { return };
                match self.ts_assignment(expression) {
                    Some(kind) => kind,
                    None => StatementKind::Run(self.ts(expression)),
                }
            }
            "if_statement" => {
                let Some(condition) = field("condition") else { return };
                let condition = self.ts(condition);
                let then = field("consequence").map(|then| self.ts_block(then)).unwrap_or_default();
                let otherwise = field("alternative").and_then(|other| children(other).first().copied());
                let otherwise = otherwise.map(|other| self.ts_block(other)).unwrap_or_default();
                StatementKind::If(condition, then, otherwise)
            }
            "for_in_statement" => {
                let (Some(left), Some(right)) = (field("left"), field("right")) else { return };
                let patterns = vec![self.ts_pattern(left)];
                let items = self.ts(right);
                let of = field("operator").is_some_and(|sign| self.text(sign) == "of");
                let keyed = if of { Keys::Items } else { Keys::Only };
                let body = field("body").map(|body| self.ts_block(body)).unwrap_or_default();
                StatementKind::Each { patterns, items, keyed, body }
            }
            "for_statement" => {
                let mut start = Vec::new();
                if let Some(first) = field("initializer").filter(|first| first.kind() != "empty_statement") {
                    self.ts_statement(first, &mut start);
                }
                let condition = field("condition").filter(|condition| condition.kind() != "empty_statement");
                let condition = condition.and_then(|condition| match condition.kind() {
                    "expression_statement" => children(condition).first().copied(),
                    _ => Some(condition),
                });
                let condition = condition.filter(Syntax::is_named).map(|condition| self.ts(condition));
                let mut step = Vec::new();
                if let Some(update) = field("increment") {
                    let span = self.span(update);
                    let kind = match self.ts_assignment(update) {
                        Some(kind) => kind,
                        None => StatementKind::Run(self.ts(update)),
                    };
                    step.push(Statement { kind, span });
                }
                let body = field("body").map(|body| self.ts_block(body)).unwrap_or_default();
                StatementKind::Loop { start, condition, step, body }
            }
            "while_statement" | "do_statement" => {
                let condition = field("condition").map(|condition| self.ts(condition));
                let body = field("body").map(|body| self.ts_block(body)).unwrap_or_default();
                StatementKind::Loop { start: Vec::new(), condition, step: Vec::new(), body }
            }
            "switch_statement" => {
                let subject = field("value").map(|value| self.ts(value));
                let mut cases: Vec<(Vec<Node>, Vec<Statement>)> = Vec::new();
                let mut otherwise = Vec::new();
                let mut values = Vec::new();
                for case in field("body").map(children).unwrap_or_default() {
                    let mut inner = Vec::new();
                    for statement in fields(case, "body") {
                        self.ts_statement(statement, &mut inner);
                    }
                    if case.kind() == "switch_default" {
                        otherwise = inner;
                        continue;
                    }
                    values.extend(case.child_by_field_name("value").map(|value| self.ts(value)));
                    // A case without statements falls through to the next.
                    if !inner.is_empty() {
                        cases.push((std::mem::take(&mut values), inner));
                    }
                }
                StatementKind::Switch { subject, cases, otherwise }
            }
            "return_statement" => StatementKind::Return(children(node).first().map(|value| self.ts(*value))),
            "throw_statement" => StatementKind::Throw(children(node).first().map(|value| self.ts(*value))),
            "try_statement" => {
                let inner = field("body").map(|body| self.ts_block(body)).unwrap_or_default();
                let handler = field("handler").and_then(|handler| handler.child_by_field_name("body"));
                let handler = handler.map(|body| self.ts_block(body)).unwrap_or_default();
                let after = field("finalizer").and_then(|after| after.child_by_field_name("body"));
                let after = after.map(|body| self.ts_block(body)).unwrap_or_default();
                StatementKind::Try { body: inner, handler, after }
            }
            "statement_block" => StatementKind::Block(self.ts_block(node)),
            "break_statement" => StatementKind::Break,
            "continue_statement" => StatementKind::Continue,
            "labeled_statement" => {
                if let Some(inner) = field("body") {
                    let block = self.ts_block(inner);
                    body.extend(block);
                }
                return;
            }
            // Types, and what only describes.
            _ => return,
        };
        body.push(Statement { kind, span });
    }

    /// The module of `require("x")`.
    fn required(&self, node: Syntax<'_>) -> Option<Box<str>> {
        let function = node.child_by_field_name("function")?;
        if node.kind() != "call_expression" || self.text(function) != "require" {
            return None;
        }
        let argument = children(node.child_by_field_name("arguments")?).first().copied()?;
        (argument.kind() == "string").then(|| self.ts_string(argument).into())
    }

    fn ts_names(&self, pattern: Syntax<'_>) -> Vec<(Box<str>, Box<str>)> {
        let parts = children(pattern).into_iter();
        parts
            .filter_map(|part| match part.kind() {
                "shorthand_property_identifier_pattern" => Some((self.name(part), self.name(part))),
                "pair_pattern" => {
                    let there = part.child_by_field_name("key")?;
                    let here = part.child_by_field_name("value")?;
                    Some((self.ts_key(there), self.name(here)))
                }
                _ => None,
            })
            .collect()
    }

    fn ts_import(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let mut import = Import { path: Box::default(), whole: None, names: Vec::new(), all: false };
        if let Some(source) = node.child_by_field_name("source") {
            import.path = self.ts_string(source).into();
        }
        for clause in children(node) {
            match clause.kind() {
                "import_clause" => {
                    for part in children(clause) {
                        match part.kind() {
                            // A default import of a library is the library itself as often as not.
                            "identifier" if import.path.starts_with('.') => {
                                import.names.push(("default".into(), self.name(part)));
                            }
                            "identifier" => import.whole = Some(self.name(part)),
                            "namespace_import" => {
                                import.whole = children(part).first().map(|name| self.name(*name));
                            }
                            "named_imports" => {
                                for name in children(part) {
                                    let Some(there) = name.child_by_field_name("name") else { continue };
                                    let here = name.child_by_field_name("alias").unwrap_or(there);
                                    import.names.push((self.name(there), self.name(here)));
                                }
                            }
                            _ => {}
                        }
                    }
                }
                "import_require_clause" => {
                    import.whole = children(clause).first().map(|name| self.name(*name));
                    if let Some(source) = clause.child_by_field_name("source") {
                        import.path = self.ts_string(source).into();
                    }
                }
                _ => {}
            }
        }
        if !import.path.is_empty() {
            body.push(Statement { kind: StatementKind::Import(import), span });
        }
    }

    fn ts_export(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        if let Some(source) = node.child_by_field_name("source") {
            let path: Box<str> = self.ts_string(source).into();
            let mut import = Import { path, whole: None, names: Vec::new(), all: true };
            for clause in children(node).into_iter().filter(|child| child.kind() == "export_clause") {
                import.all = false;
                for specifier in children(clause) {
                    let Some(there) = specifier.child_by_field_name("name") else { continue };
                    let here = specifier.child_by_field_name("alias").unwrap_or(there);
                    import.names.push((self.name(there), self.name(here)));
                }
            }
            body.push(Statement { kind: StatementKind::Import(import), span });
            return;
        }
        if let Some(declaration) = node.child_by_field_name("declaration") {
            let name = declaration.child_by_field_name("name").map(|name| self.name(name));
            self.ts_statement(declaration, body);
            if let Some(name) = name
                && self.text(node).starts_with("export default")
            {
                let value = self.node(node, Expression::Name(name));
                let pattern = Pattern::Name("default".into());
                body.push(Statement { kind: StatementKind::Let(vec![pattern], Some(value)), span });
            }
            return;
        }
        for clause in children(node) {
            match clause.kind() {
                "export_clause" => {
                    for specifier in children(clause) {
                        let (Some(name), Some(alias)) =
                            (specifier.child_by_field_name("name"), specifier.child_by_field_name("alias"))
                        else {
                            continue;
                        };
                        let value = Some(self.node(name, Expression::Name(self.name(name))));
                        let pattern = Pattern::Name(self.name(alias));
                        body.push(Statement { kind: StatementKind::Let(vec![pattern], value), span });
                    }
                }
                _ => {
                    // `export default x` and `export = x`
                    let name =
                        if self.text(node).starts_with("export default") { "default" } else { "export=" };
                    let value = Some(self.ts(clause));
                    let pattern = Pattern::Name(name.into());
                    body.push(Statement { kind: StatementKind::Let(vec![pattern], value), span });
                }
            }
        }
    }

    fn ts_assignment(&mut self, node: Syntax<'_>) -> Option<StatementKind> {
        match node.kind() {
            "assignment_expression" => {
                let left = node.child_by_field_name("left")?;
                let right = node.child_by_field_name("right")?;
                // `module.exports = x`
                if self.text(left) == "module.exports" {
                    let value = Some(self.ts(right));
                    return Some(StatementKind::Let(vec![Pattern::Name("export=".into())], value));
                }
                if let Some(name) = self.text(left).strip_prefix("exports.") {
                    let value = Some(self.ts(right));
                    return Some(StatementKind::Let(vec![Pattern::Name(name.into())], value));
                }
                let target = self.ts(left);
                Some(StatementKind::Assign(vec![target], None, self.ts(right)))
            }
            "augmented_assignment_expression" => {
                let left = node.child_by_field_name("left")?;
                let right = node.child_by_field_name("right")?;
                let sign = node.child_by_field_name("operator").map(|sign| self.text(sign))?;
                let operator = operator(sign.strip_suffix('=')?)?;
                let target = self.ts(left);
                Some(StatementKind::Assign(vec![target], Some(operator), self.ts(right)))
            }
            "update_expression" => {
                let argument = node.child_by_field_name("argument")?;
                let sign = node.child_by_field_name("operator").map(|sign| self.text(sign))?;
                let operator = if sign == "++" { Operator::Add } else { Operator::Subtract };
                let one = self.node(node, Expression::Literal(Literal::Int(1)));
                Some(StatementKind::Assign(vec![self.ts(argument)], Some(operator), one))
            }
            _ => None,
        }
    }

    fn ts_key(&self, node: Syntax<'_>) -> Box<str> {
        if node.kind() == "string" { self.ts_string(node).into() } else { self.name(node) }
    }

    fn ts_pattern(&mut self, node: Syntax<'_>) -> Pattern {
        match node.kind() {
            "object_pattern" => {
                let mut made = Vec::new();
                for part in children(node) {
                    match part.kind() {
                        "shorthand_property_identifier_pattern" => {
                            made.push((self.name(part), Pattern::Name(self.name(part)), None));
                        }
                        "pair_pattern" => {
                            let (Some(key), Some(value)) =
                                (part.child_by_field_name("key"), part.child_by_field_name("value"))
                            else {
                                continue;
                            };
                            let key = self.ts_key(key);
                            if value.kind() == "assignment_pattern" {
                                let left = value.child_by_field_name("left").unwrap_or(value);
                                let default = value.child_by_field_name("right").map(|right| self.ts(right));
                                made.push((key, self.ts_pattern(left), default));
                            } else {
                                made.push((key, self.ts_pattern(value), None));
                            }
                        }
                        "object_assignment_pattern" => {
                            let Some(left) = part.child_by_field_name("left") else { continue };
                            let default = part.child_by_field_name("right").map(|right| self.ts(right));
                            made.push((self.name(left), Pattern::Name(self.name(left)), default));
                        }
                        _ => {}
                    }
                }
                Pattern::Record(made)
            }
            "array_pattern" => {
                let parts = children(node).into_iter().map(|part| self.ts_pattern(part));
                Pattern::List(parts.collect())
            }
            "assignment_pattern" => match node.child_by_field_name("left") {
                Some(left) => self.ts_pattern(left),
                None => Pattern::Ignore,
            },
            "identifier" => Pattern::Name(self.name(node)),
            _ => Pattern::Ignore,
        }
    }

    fn ts_parameters(&mut self, node: Syntax<'_>) -> Vec<Parameter> {
        let mut made = Vec::new();
        if let Some(only) = node.child_by_field_name("parameter") {
            let pattern = self.ts_pattern(only);
            made.push(Parameter { pattern, default: None, rest: false, field: false });
        }
        for parameter in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
            let Some(pattern) = parameter.child_by_field_name("pattern") else { continue };
            if pattern.kind() == "this" {
                continue;
            }
            let rest = pattern.kind() == "rest_pattern";
            let inner = if rest { children(pattern).first().copied().unwrap_or(pattern) } else { pattern };
            let default = parameter.child_by_field_name("value").map(|value| self.ts(value));
            // `constructor(private readonly size: string)`
            let field = children(parameter).iter().any(|part| part.kind() == "accessibility_modifier");
            made.push(Parameter { pattern: self.ts_pattern(inner), default, rest, field });
        }
        made
    }

    fn ts_function(&mut self, node: Syntax<'_>, name: Box<str>) -> Function {
        let parameters = self.ts_parameters(node);
        let body = match node.child_by_field_name("body") {
            Some(block) if block.kind() == "statement_block" => self.ts_block(block),
            Some(expression) => {
                let span = self.span(expression);
                let value = self.ts(expression);
                vec![Statement { kind: StatementKind::Return(Some(value)), span }]
            }
            None => Vec::new(),
        };
        Function { name, receiver: None, parameters, results: Vec::new(), body, span: self.span(node) }
    }

    fn ts_class(&mut self, node: Syntax<'_>) -> Class {
        let name = node.child_by_field_name("name").map(|name| self.name(name)).unwrap_or_default();
        let mut base = None;
        for heritage in children(node).into_iter().filter(|child| child.kind() == "class_heritage") {
            for clause in children(heritage) {
                if clause.kind() == "extends_clause"
                    && let Some(value) = clause.child_by_field_name("value")
                {
                    base = Some(self.ts(value));
                } else if clause.kind() == "identifier" || clause.kind() == "member_expression" {
                    base = Some(self.ts(clause));
                }
            }
        }
        let mut made = Class {
            name,
            base,
            fields: Vec::new(),
            methods: Vec::new(),
            getters: Vec::new(),
            zeros: Vec::new(),
            span: self.span(node),
        };
        for member in node.child_by_field_name("body").map(children).unwrap_or_default() {
            match member.kind() {
                "method_definition" => {
                    let Some(key) = member.child_by_field_name("name") else { continue };
                    let name = self.ts_key(key);
                    if self.text(member).trim_start().starts_with("get ") && &*name != "get" {
                        made.getters.push(name.clone());
                    }
                    let function = self.ts_function(member, name);
                    made.methods.push(Arc::new(function));
                }
                "public_field_definition" => {
                    let Some(key) = member.child_by_field_name("name") else { continue };
                    let value = member.child_by_field_name("value").map(|value| self.ts(value));
                    made.fields.push((self.ts_key(key), value));
                }
                _ => {}
            }
        }
        made
    }

    fn ts(&mut self, node: Syntax<'_>) -> Node {
        self.expression(node, Self::ts_expression)
    }

    fn ts_expression(&mut self, node: Syntax<'_>) -> Node {
        let field = |name: &str| node.child_by_field_name(name);
        let expression = match node.kind() {
            "identifier" | "property_identifier" | "type_identifier" | "shorthand_property_identifier" => {
                match self.text(node) {
                    "undefined" => Expression::Literal(Literal::Null),
                    name => Expression::Name(name.into()),
                }
            }
            "this" => Expression::Name("this".into()),
            "super" => Expression::Name("super".into()),
            "string" => {
                let text = self.ts_string(node);
                return self.string(node, text);
            }
            "template_string" => return self.ts_template(node),
            "number" => match number(self.text(node)) {
                Some(number) => Expression::Literal(number),
                None => Expression::Unknown("the number is not read".into()),
            },
            "true" => Expression::Literal(Literal::Bool(true)),
            "false" => Expression::Literal(Literal::Bool(false)),
            "null" | "undefined" => Expression::Literal(Literal::Null),
            // What has no effect on the value.
            "parenthesized_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "await_expression"
            | "type_assertion" => {
                let inner = children(node);
                let inner = if node.kind() == "type_assertion" { inner.last() } else { inner.first() };
                match inner {
                    Some(inner) => return self.ts(*inner),
                    None => Expression::Literal(Literal::Null),
                }
            }
            "member_expression" => match (field("object"), field("property")) {
                (Some(object), Some(property)) => {
                    let owner = self.ts(object);
                    let name = self.name(property);
                    if field("optional_chain").is_some() {
                        // `a?.b` of nothing is nothing.
                        let again = self.ts(object);
                        let member = self.node(node, Expression::Member(Box::new(again), name));
                        return self.guarded(node, owner, member);
                    }
                    Expression::Member(Box::new(owner), name)
                }
                _ => Expression::Unknown("the expression is not complete".into()),
            },
            "subscript_expression" => match (field("object"), field("index")) {
                (Some(object), Some(index)) => {
                    Expression::Index(Box::new(self.ts(object)), Box::new(self.ts(index)))
                }
                _ => Expression::Unknown("the expression is not complete".into()),
            },
            "call_expression" | "new_expression" => {
                let Some(function) = field("function").or_else(|| field("constructor")) else {
                    return self.unknown(node, "the call is not complete");
                };
                let arguments = match field("arguments") {
                    // pulumi.interpolate`…`
                    Some(template) if template.kind() == "template_string" => {
                        return self.ts_template(template);
                    }
                    Some(arguments) => children(arguments),
                    None => Vec::new(),
                };
                let function = Box::new(self.ts(function));
                let arguments = arguments.into_iter().map(|argument| self.ts_argument(argument));
                Expression::Call(function, arguments.collect())
            }
            "object" => {
                let mut made = Vec::new();
                for part in children(node) {
                    match part.kind() {
                        "pair" => {
                            let (Some(key), Some(value)) =
                                (part.child_by_field_name("key"), part.child_by_field_name("value"))
                            else {
                                continue;
                            };
                            let key = match key.kind() {
                                "computed_property_name" => match children(key).first() {
                                    Some(inner) => FieldKey::Computed(self.ts(*inner)),
                                    None => continue,
                                },
                                _ => FieldKey::Name(self.ts_key(key)),
                            };
                            made.push(Field { key, value: self.ts(value) });
                        }
                        "shorthand_property_identifier" => {
                            let value = self.node(part, Expression::Name(self.name(part)));
                            made.push(Field { key: FieldKey::Name(self.name(part)), value });
                        }
                        "spread_element" => {
                            if let Some(inner) = children(part).first() {
                                made.push(Field { key: FieldKey::Spread, value: self.ts(*inner) });
                            }
                        }
                        "method_definition" => {
                            let Some(key) = part.child_by_field_name("name") else { continue };
                            let name = self.ts_key(key);
                            let function = self.ts_function(part, name.clone());
                            let value = self.node(part, Expression::Function(Arc::new(function)));
                            made.push(Field { key: FieldKey::Name(name), value });
                        }
                        _ => {}
                    }
                }
                Expression::Record { kind: None, fields: made, by_value: false }
            }
            "array" => {
                let items = children(node).into_iter().map(|item| self.ts_argument(item));
                Expression::List(items.collect())
            }
            "array_pattern" => {
                let items = children(node).into_iter().map(|item| self.ts_argument(item));
                Expression::List(items.collect())
            }
            "arrow_function" | "function_expression" | "generator_function" => {
                let name = field("name").map(|name| self.name(name)).unwrap_or_default();
                Expression::Function(Arc::new(self.ts_function(node, name)))
            }
            "unary_expression" => match (field("operator").map(|sign| self.text(sign)), field("argument")) {
                (Some("!"), Some(argument)) => Expression::Not(Box::new(self.ts(argument))),
                (Some("-"), Some(argument)) => Expression::Negate(Box::new(self.ts(argument))),
                (Some("+"), Some(argument)) => {
                    let number = Box::new(self.node(node, Expression::Name("Number".into())));
                    let value = self.ts(argument);
                    Expression::Call(number, vec![Argument { name: None, spread: false, value }])
                }
                (Some("void"), _) => Expression::Literal(Literal::Null),
                _ => Expression::Unknown("it is decided while the program runs".into()),
            },
            "binary_expression" => {
                let sign = field("operator").map(|sign| self.text(sign)).unwrap_or_default();
                match (operator(sign), field("left"), field("right")) {
                    (Some(operator), Some(left), Some(right)) => {
                        Expression::Binary(operator, Box::new(self.ts(left)), Box::new(self.ts(right)))
                    }
                    _ => Expression::Unknown(format!("the operator `{sign}` is not followed").into()),
                }
            }
            "ternary_expression" => match (field("condition"), field("consequence"), field("alternative")) {
                (Some(condition), Some(then), Some(otherwise)) => Expression::Conditional(
                    Box::new(self.ts(condition)),
                    Box::new(self.ts(then)),
                    Box::new(self.ts(otherwise)),
                ),
                _ => Expression::Unknown("the expression is not complete".into()),
            },
            "sequence_expression" => match children(node).last() {
                Some(last) => return self.ts(*last),
                None => Expression::Literal(Literal::Null),
            },
            _ => Expression::Unknown("it is decided while the program runs".into()),
        };
        self.node(node, expression)
    }

    /// `owner == null ? null : then`
    fn guarded(&self, node: Syntax<'_>, owner: Node, then: Node) -> Node {
        let null = || Box::new(self.node(node, Expression::Literal(Literal::Null)));
        let absent = Expression::Binary(Operator::Equal, Box::new(owner), null());
        let absent = Box::new(self.node(node, absent));
        self.node(node, Expression::Conditional(absent, null(), Box::new(then)))
    }

    fn ts_argument(&mut self, node: Syntax<'_>) -> Argument {
        let spread = node.kind() == "spread_element";
        let inner = if spread { children(node).first().copied().unwrap_or(node) } else { node };
        Argument { name: None, spread, value: self.ts(inner) }
    }

    fn ts_template(&mut self, node: Syntax<'_>) -> Node {
        let mut parts = Vec::new();
        for part in children(node) {
            match part.kind() {
                "template_substitution" => {
                    if let Some(inner) = children(part).first() {
                        parts.push(self.ts(*inner));
                    }
                }
                _ => {
                    let text = unescaped(self.text(part));
                    parts.push(self.string(part, text));
                }
            }
        }
        if parts.is_empty() {
            return self.string(node, String::new());
        }
        self.node(node, Expression::Template(parts))
    }
}
