//! Go programs.

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
use crate::pulumi::program::syntax::Zero;
use crate::source::Listed;
use crate::source::Source;
use crate::source::SourceMap;

/// Reads the main package and every package of the same module that it imports.
pub(super) fn load(sources: &SourceMap, project: &Project) -> Result<Program, ProgramError> {
    let (folder, _) = entry(sources, project);
    let mut program = Program::new(Language::Go, project.source.whole());
    let module = module_path(sources, &folder);
    let mut packages: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut waiting = vec![folder.clone()];
    while let Some(next) = waiting.pop() {
        if packages.contains_key(&next) {
            continue;
        }
        let index = program.packages.len();
        packages.insert(next.clone(), index);
        let mut files = Vec::new();
        for file in go_files(sources, &next) {
            let Some(source) = program.source(sources, &file) else { continue };
            let Some(made) = parse(&source, &mut program) else { continue };
            for statement in &made.body {
                if let StatementKind::Import(import) = &statement.kind
                    && let Some(inside) = inside(module.as_ref(), &import.path)
                {
                    waiting.push(inside);
                }
            }
            files.push(program.modules.len());
            program.modules.push(made);
        }
        program.packages.push(files);
    }
    let main = program.packages.first().map(Vec::as_slice).unwrap_or_default();
    if main.is_empty() {
        return Err(ProgramError::NoFile(shown(&folder), "the folder has no Go file"));
    }
    if let Some(span) = main.iter().filter_map(|&file| program.modules.get(file)).find_map(main_function) {
        program.span = span;
    } else {
        return Err(ProgramError::NoFile(shown(&folder), "no Go file in the folder has a function `main`"));
    }
    let mut links = BTreeMap::new();
    for (file, made) in program.modules.iter().enumerate() {
        for statement in &made.body {
            let StatementKind::Import(import) = &statement.kind else { continue };
            let local =
                inside(module.as_ref(), &import.path).and_then(|folder| packages.get(&folder).copied());
            let link = match local {
                Some(package) => Link::Local(package),
                None => Link::Library(library(&import.path)),
            };
            links.insert((file, import.path.clone()), link);
        }
    }
    program.links = links;
    Ok(program)
}

fn main_function(module: &Module) -> Option<crate::source::Span> {
    module.body.iter().find_map(|statement| match &statement.kind {
        StatementKind::Function(function) if &*function.name == "main" => Some(function.span),
        _ => None,
    })
}

fn shown(folder: &Path) -> String {
    if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() }
}

fn go_files(sources: &SourceMap, folder: &Path) -> Vec<PathBuf> {
    let listed = sources.files().list(folder).unwrap_or_default();
    let files = listed.into_iter().filter(|(_, listed)| matches!(listed, Listed::File(_)));
    files
        .filter(|(name, _)| {
            Path::new(name).extension().is_some_and(|extension| extension == "go")
                && !name.ends_with("_test.go")
        })
        .map(|(name, _)| folder.join(name))
        .collect()
}

/// The module path of the `go.mod` in the folder or above it, and the folder it stands in.
fn module_path(sources: &SourceMap, folder: &Path) -> Option<(String, PathBuf)> {
    folder.ancestors().find_map(|folder| {
        let path = folder.join("go.mod");
        if !sources.files().is_file(&path) {
            return None;
        }
        let source = sources.read(&path).ok()?;
        let name = source.text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
        Some((name.trim().trim_matches('"').to_owned(), folder.to_path_buf()))
    })
}

/// The folder of an import of the own module.
fn inside(module: Option<&(String, PathBuf)>, import: &str) -> Option<PathBuf> {
    let (name, folder) = module?;
    let rest = import.strip_prefix(name.as_str())?;
    if rest.is_empty() {
        return Some(folder.clone());
    }
    Some(folder.join(rest.strip_prefix('/')?))
}

/// The path of a library as all languages share it: `aws/ec2`, `pulumi/config`, `go:fmt`.
fn library(import: &str) -> Arc<str> {
    if let Some((before, after)) = import.split_once("/go/")
        && before.contains("/sdk")
        && before.contains("pulumi")
    {
        let mut parts = after.split('/');
        let package = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        // Go spells some packages with a dash.
        return std::iter::once(package).chain(rest).collect::<Vec<_>>().join("/").into();
    }
    format!("go:{import}").into()
}

fn parse(source: &Source, program: &mut Program) -> Option<Module> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
    let tree = parser.parse(source.text.as_bytes(), None)?;
    let mut lower = Lower::new(source);
    lower.find_errors(tree.root_node());
    let mut body = Vec::new();
    for child in children(tree.root_node()) {
        lower.top(child, &mut body);
    }
    program.strings.append(&mut lower.strings);
    program.note_errors(source, &lower.errors);
    Some(Module { body, span: source.whole() })
}

impl Lower<'_> {
    fn top(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        match node.kind() {
            "import_declaration" => {
                let mut specs = children(node);
                if let [list] = specs.as_slice()
                    && list.kind() == "import_spec_list"
                {
                    specs = children(*list);
                }
                for spec in specs {
                    let Some(path) = spec.child_by_field_name("path") else { continue };
                    let path = self.text(path).trim_matches(['"', '`']);
                    let given = spec.child_by_field_name("name").map(|name| self.name(name));
                    let whole = given.unwrap_or_else(|| package_name(path).into());
                    let import =
                        Import { path: path.into(), whole: Some(whole), names: Vec::new(), all: false };
                    body.push(Statement { kind: StatementKind::Import(import), span: self.span(spec) });
                }
            }
            "function_declaration" => {
                if let Some(function) = self.go_function(node, None) {
                    body.push(Statement { kind: StatementKind::Function(Arc::new(function)), span });
                }
            }
            "method_declaration" => {
                let receiver = node.child_by_field_name("receiver").map(children).unwrap_or_default();
                let Some(receiver) = receiver.first() else { return };
                let name = receiver.child_by_field_name("name").map(|name| self.name(name));
                let Some(of) = receiver.child_by_field_name("type").and_then(|kind| self.base_type(kind))
                else {
                    return;
                };
                if let Some(function) = self.go_function(node, name) {
                    body.push(Statement { kind: StatementKind::Method(of, Arc::new(function)), span });
                }
            }
            _ => self.go_statement(node, body),
        }
    }

    /// The name of a type without pointers and type arguments.
    fn base_type(&self, node: Syntax<'_>) -> Option<Box<str>> {
        match node.kind() {
            "type_identifier" => Some(self.name(node)),
            "pointer_type" | "parenthesized_type" => self.base_type(*children(node).first()?),
            "generic_type" => self.base_type(node.child_by_field_name("type")?),
            _ => None,
        }
    }

    fn go_function(&mut self, node: Syntax<'_>, receiver: Option<Box<str>>) -> Option<Function> {
        let name = node.child_by_field_name("name").map(|name| self.name(name)).unwrap_or_default();
        let mut parameters = Vec::new();
        for parameter in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
            let rest = parameter.kind() == "variadic_parameter_declaration";
            let names = fields(parameter, "name");
            let patterns = if names.is_empty() {
                vec![Pattern::Ignore]
            } else {
                names.into_iter().map(|name| Pattern::Name(self.name(name))).collect()
            };
            for pattern in patterns {
                parameters.push(Parameter { pattern, default: None, rest, field: false });
            }
        }
        let mut results = Vec::new();
        if let Some(result) = node.child_by_field_name("result")
            && result.kind() == "parameter_list"
        {
            for part in children(result) {
                let zero = part.child_by_field_name("type").and_then(|kind| self.go_zero(kind));
                for name in fields(part, "name") {
                    results.push((self.name(name), zero.clone()));
                }
            }
        }
        let body = self.go_block(node.child_by_field_name("body")?);
        Some(Function { name, receiver, parameters, results, body, span: self.span(node) })
    }

    fn go_block(&mut self, node: Syntax<'_>) -> Vec<Statement> {
        let mut body = Vec::new();
        self.deeper(|lower| {
            for child in children(node) {
                if child.kind() == "statement_list" {
                    for statement in children(child) {
                        lower.go_statement(statement, &mut body);
                    }
                } else {
                    lower.go_statement(child, &mut body);
                }
            }
        });
        body
    }

    /// The statements of a case, which stand after its values.
    fn go_case(&mut self, node: Syntax<'_>) -> Vec<Statement> {
        let mut body = Vec::new();
        for child in children(node) {
            if child.kind() == "statement_list" {
                for statement in children(child) {
                    self.go_statement(statement, &mut body);
                }
            }
        }
        body
    }

    fn go_statement(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let kind = match node.kind() {
            "const_declaration" => return self.constants(node, body),
            "var_declaration" => {
                for spec in children(node) {
                    let specs = if spec.kind() == "var_spec_list" { children(spec) } else { vec![spec] };
                    for spec in specs {
                        self.variables(spec, body);
                    }
                }
                return;
            }
            "type_declaration" => {
                for spec in children(node) {
                    self.type_spec(spec, body);
                }
                return;
            }
            "short_var_declaration" => {
                let left = node.child_by_field_name("left").map(children).unwrap_or_default();
                let patterns = left.into_iter().map(|name| self.pattern(name)).collect();
                let Some(value) = self.right(node) else { return };
                StatementKind::Let(patterns, Some(value))
            }
            "assignment_statement" => {
                let left = node.child_by_field_name("left").map(children).unwrap_or_default();
                let targets = left.into_iter().map(|target| self.go(target)).collect();
                let sign = node.child_by_field_name("operator").map_or("=", |sign| self.text(sign));
                let Some(value) = self.right(node) else { return };
                StatementKind::Assign(targets, sign.strip_suffix('=').and_then(operator), value)
            }
            "inc_statement" | "dec_statement" => {
                let Some(target) = children(node).first().copied() else { return };
                let step = if node.kind() == "inc_statement" { Operator::Add } else { Operator::Subtract };
                let one = self.node(node, Expression::Literal(Literal::Int(1)));
                StatementKind::Assign(vec![self.go(target)], Some(step), one)
            }
            "if_statement" => {
                let Some(condition) = node.child_by_field_name("condition") else { return };
                let mut inner = Vec::new();
                if let Some(start) = node.child_by_field_name("initializer") {
                    self.go_statement(start, &mut inner);
                }
                let condition = self.go(condition);
                let then = node.child_by_field_name("consequence").map(|then| self.go_block(then));
                let otherwise = match node.child_by_field_name("alternative") {
                    Some(other) if other.kind() == "if_statement" => {
                        let mut chained = Vec::new();
                        self.deeper(|lower| lower.go_statement(other, &mut chained));
                        chained
                    }
                    Some(other) => self.go_block(other),
                    None => Vec::new(),
                };
                let check = StatementKind::If(condition, then.unwrap_or_default(), otherwise);
                if inner.is_empty() {
                    check
                } else {
                    inner.push(Statement { kind: check, span });
                    StatementKind::Block(inner)
                }
            }
            "for_statement" => self.go_for(node),
            "expression_switch_statement" => {
                let mut inner = Vec::new();
                if let Some(start) = node.child_by_field_name("initializer") {
                    self.go_statement(start, &mut inner);
                }
                let subject = node.child_by_field_name("value").map(|value| self.go(value));
                let mut cases = Vec::new();
                let mut otherwise = Vec::new();
                for case in children(node) {
                    match case.kind() {
                        "expression_case" => {
                            let values = case.child_by_field_name("value").map(children).unwrap_or_default();
                            let values = values.into_iter().map(|value| self.go(value)).collect();
                            cases.push((values, self.go_case(case)));
                        }
                        "default_case" => otherwise = self.go_case(case),
                        _ => {}
                    }
                }
                let switch = StatementKind::Switch { subject, cases, otherwise };
                inner.push(Statement { kind: switch, span });
                StatementKind::Block(inner)
            }
            "type_switch_statement" | "select_statement" => {
                // Which case is taken depends on types or channels: all may be.
                let mut cases = Vec::new();
                for case in children(node) {
                    if case.kind().ends_with("_case") {
                        let body = self.go_case(case);
                        cases.push((
                            vec![self.unknown(case, "its type is decided while the program runs")],
                            body,
                        ));
                    }
                }
                StatementKind::Switch { subject: None, cases, otherwise: Vec::new() }
            }
            "return_statement" => {
                let values = children(node).first().copied().map(children).unwrap_or_default();
                let value = match values.as_slice() {
                    [] => None,
                    [one] => Some(self.go(*one)),
                    values => {
                        let parts = values.iter().map(|value| self.go(*value)).collect();
                        Some(self.node(node, Expression::Tuple(parts)))
                    }
                };
                StatementKind::Return(value)
            }
            "expression_statement" | "go_statement" | "defer_statement" => {
                let Some(expression) = children(node).first().copied() else { return };
                StatementKind::Run(self.go(expression))
            }
            "block" => StatementKind::Block(self.go_block(node)),
            "labeled_statement" => {
                if let Some(inner) = children(node).last().copied() {
                    self.deeper(|lower| lower.go_statement(inner, body));
                }
                return;
            }
            "break_statement" => StatementKind::Break,
            "continue_statement" => StatementKind::Continue,
            "package_clause" | "empty_statement" => return,
            "function_declaration" | "method_declaration" | "import_declaration" => return,
            _ => StatementKind::Unknown,
        };
        body.push(Statement { kind, span });
    }

    fn go_for(&mut self, node: Syntax<'_>) -> StatementKind {
        let body = node.child_by_field_name("body").map(|body| self.go_block(body)).unwrap_or_default();
        let head = children(node).into_iter().find(|child| child.kind() != "block");
        match head {
            Some(range) if range.kind() == "range_clause" => {
                let left = range.child_by_field_name("left").map(children).unwrap_or_default();
                let patterns: Vec<Pattern> = left.into_iter().map(|name| self.pattern(name)).collect();
                let items = range.child_by_field_name("right");
                let items = match items {
                    Some(items) => self.go(items),
                    None => self.unknown(range, "the loop has no list"),
                };
                let keyed = if patterns.len() > 1 { Keys::Both } else { Keys::Only };
                StatementKind::Each { patterns, items, keyed, body }
            }
            Some(clause) if clause.kind() == "for_clause" => {
                let mut start = Vec::new();
                if let Some(first) = clause.child_by_field_name("initializer") {
                    self.go_statement(first, &mut start);
                }
                let condition = clause.child_by_field_name("condition").map(|condition| self.go(condition));
                let mut step = Vec::new();
                if let Some(update) = clause.child_by_field_name("update") {
                    self.go_statement(update, &mut step);
                }
                StatementKind::Loop { start, condition, step, body }
            }
            Some(condition) => {
                let condition = Some(self.go(condition));
                StatementKind::Loop { start: Vec::new(), condition, step: Vec::new(), body }
            }
            None => StatementKind::Loop { start: Vec::new(), condition: None, step: Vec::new(), body },
        }
    }

    fn pattern(&self, node: Syntax<'_>) -> Pattern {
        match self.text(node) {
            "_" => Pattern::Ignore,
            name => Pattern::Name(name.into()),
        }
    }

    fn right(&mut self, node: Syntax<'_>) -> Option<Node> {
        let right = node.child_by_field_name("right")?;
        self.values(right)
    }

    /// One expression, or several as a tuple.
    fn values(&mut self, list: Syntax<'_>) -> Option<Node> {
        let values = if list.kind() == "expression_list" { children(list) } else { vec![list] };
        match values.as_slice() {
            [] => None,
            [one] => Some(self.go(*one)),
            values => {
                let parts = values.iter().map(|value| self.go(*value)).collect();
                Some(self.node(list, Expression::Tuple(parts)))
            }
        }
    }

    fn constants(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        for (counter, spec) in children(node).into_iter().enumerate() {
            let names = fields(spec, "name");
            let patterns: Vec<Pattern> = names.into_iter().map(|name| self.pattern(name)).collect();
            let value = spec.child_by_field_name("value");
            let value = match value {
                Some(value) if self.text(value).trim() == "iota" => {
                    let counter = i64::try_from(counter).unwrap_or(i64::MAX);
                    Some(self.node(spec, Expression::Literal(Literal::Int(counter))))
                }
                Some(value) => self.values(value),
                // Repeats the expression above it, which counts on.
                None => Some(self.unknown(spec, "it counts on from the constant above")),
            };
            body.push(Statement { kind: StatementKind::Let(patterns, value), span: self.span(spec) });
        }
    }

    fn variables(&mut self, spec: Syntax<'_>, body: &mut Vec<Statement>) {
        let names = fields(spec, "name");
        let span = self.span(spec);
        let kind = match spec.child_by_field_name("value") {
            Some(value) => {
                let patterns = names.into_iter().map(|name| self.pattern(name)).collect();
                StatementKind::Let(patterns, self.values(value))
            }
            None => {
                let zero = spec.child_by_field_name("type").and_then(|kind| self.go_zero(kind));
                StatementKind::Zero(names.into_iter().map(|name| self.name(name)).collect(), zero)
            }
        };
        body.push(Statement { kind, span });
    }

    fn type_spec(&mut self, spec: Syntax<'_>, body: &mut Vec<Statement>) {
        let Some(name) = spec.child_by_field_name("name") else { return };
        let Some(kind) = spec.child_by_field_name("type") else { return };
        let mut zeros = Vec::new();
        if kind.kind() == "struct_type" {
            for list in children(kind) {
                for field in children(list) {
                    let Some(kind) = field.child_by_field_name("type") else { continue };
                    let zero = self.go_zero(kind);
                    let names = fields(field, "name");
                    if names.is_empty() {
                        // Embedded: the field is named after its type.
                        if let Some(name) = self.base_type(kind) {
                            zeros.push((name, zero));
                        }
                        continue;
                    }
                    for name in names {
                        zeros.push((self.name(name), zero.clone()));
                    }
                }
            }
        }
        let class = Class {
            name: self.name(name),
            base: None,
            fields: Vec::new(),
            methods: Vec::new(),
            getters: Vec::new(),
            zeros,
            span: self.span(spec),
        };
        body.push(Statement { kind: StatementKind::Class(Arc::new(class)), span: self.span(spec) });
    }

    fn go_zero(&self, kind: Syntax<'_>) -> Option<Zero> {
        match kind.kind() {
            "slice_type" | "array_type" => Some(Zero::List),
            "map_type" => Some(Zero::Map),
            "type_identifier" => Some(match self.text(kind) {
                "string" => Zero::Literal(Literal::Text("".into())),
                "bool" => Zero::Literal(Literal::Bool(false)),
                "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32"
                | "uint64" => Zero::Literal(Literal::Int(0)),
                "float32" | "float64" => Zero::Literal(Literal::Float(0.0)),
                "error" | "any" => return None,
                name => Zero::Named(name.into()),
            }),
            "qualified_type" => {
                let name = kind.child_by_field_name("name").map(|name| self.text(name)).unwrap_or_default();
                if name.ends_with("Array") {
                    Some(Zero::List)
                } else if name.ends_with("Map") {
                    Some(Zero::Map)
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    fn go(&mut self, node: Syntax<'_>) -> Node {
        self.expression(node, Self::go_expression)
    }

    fn go_expression(&mut self, node: Syntax<'_>) -> Node {
        let child = |name: &str| node.child_by_field_name(name);
        let expression = match node.kind() {
            "identifier" | "type_identifier" | "package_identifier" | "field_identifier" => {
                Expression::Name(self.name(node))
            }
            "interpreted_string_literal" => {
                let text =
                    unescaped(self.text(node).trim_start_matches('"').strip_suffix('"').unwrap_or_default());
                return self.string(node, text);
            }
            "raw_string_literal" => {
                let text = self.text(node).trim_matches('`').to_owned();
                return self.string(node, text);
            }
            "int_literal" | "float_literal" => match number(self.text(node)) {
                Some(number) => Expression::Literal(number),
                None => Expression::Unknown("the number is not read".into()),
            },
            "true" => Expression::Literal(Literal::Bool(true)),
            "false" => Expression::Literal(Literal::Bool(false)),
            "nil" => Expression::Literal(Literal::Null),
            "parenthesized_expression" | "literal_element" => match children(node).first() {
                Some(inner) => return self.go(*inner),
                None => Expression::Literal(Literal::Null),
            },
            "qualified_type" => match (child("package"), child("name")) {
                (Some(package), Some(name)) => {
                    Expression::Member(Box::new(self.go(package)), self.name(name))
                }
                _ => Expression::Unknown("the type is not read".into()),
            },
            "generic_type" => match child("type") {
                Some(kind) => return self.go(kind),
                None => Expression::Unknown("the type is not read".into()),
            },
            "selector_expression" => match (child("operand"), child("field")) {
                (Some(operand), Some(field)) => {
                    Expression::Member(Box::new(self.go(operand)), self.name(field))
                }
                _ => Expression::Unknown("the selector is not complete".into()),
            },
            "index_expression" => match (child("operand"), child("index")) {
                (Some(operand), Some(index)) => {
                    Expression::Index(Box::new(self.go(operand)), Box::new(self.go(index)))
                }
                _ => Expression::Unknown("the index is not complete".into()),
            },
            "unary_expression" => {
                let Some(operand) = child("operand") else {
                    return self.unknown(node, "the expression is not complete");
                };
                match child("operator").map(|sign| self.text(sign)).unwrap_or_default() {
                    "!" => Expression::Not(Box::new(self.go(operand))),
                    "-" => Expression::Negate(Box::new(self.go(operand))),
                    "&" if operand.kind() == "composite_literal" => return self.composite(operand, false),
                    "&" | "*" | "+" => return self.go(operand),
                    _ => Expression::Unknown("it is decided while the program runs".into()),
                }
            }
            "binary_expression" => {
                let sign = child("operator").map(|sign| self.text(sign)).unwrap_or_default();
                match (operator(sign), child("left"), child("right")) {
                    (Some(operator), Some(left), Some(right)) => {
                        Expression::Binary(operator, Box::new(self.go(left)), Box::new(self.go(right)))
                    }
                    _ => Expression::Unknown(format!("the operator `{sign}` is not followed").into()),
                }
            }
            "call_expression" => {
                let Some(function) = child("function") else {
                    return self.unknown(node, "the call is not complete");
                };
                let function = Box::new(self.go(function));
                let arguments = child("arguments").map(children).unwrap_or_default();
                // `make([]T, n)` and `new(T)` give what their type is empty.
                if let Expression::Name(name) = &function.expression
                    && matches!(&**name, "make" | "new")
                    && let Some(kind) = arguments.first()
                {
                    return self.made(node, *kind);
                }
                let arguments = arguments.into_iter().map(|argument| {
                    let spread = argument.kind() == "variadic_argument";
                    let value = if spread {
                        children(argument).first().copied().unwrap_or(argument)
                    } else {
                        argument
                    };
                    Argument { name: None, spread, value: self.go(value) }
                });
                Expression::Call(function, arguments.collect())
            }
            "type_conversion_expression" => match child("operand") {
                Some(operand) => return self.go(operand),
                None => Expression::Unknown("the conversion is not complete".into()),
            },
            "type_assertion_expression" => match child("operand") {
                Some(operand) => return self.go(operand),
                None => Expression::Unknown("the assertion is not complete".into()),
            },
            "composite_literal" => return self.composite(node, true),
            "func_literal" => match self.go_function(node, None) {
                Some(function) => Expression::Function(Arc::new(function)),
                None => Expression::Unknown("the function has no body".into()),
            },
            // A type as an argument, or its conversion: `[]string(x)`.
            kind if kind.ends_with("_type") => Expression::Unknown("it is a type".into()),
            _ => Expression::Unknown("it is decided while the program runs".into()),
        };
        self.node(node, expression)
    }

    fn made(&mut self, node: Syntax<'_>, kind: Syntax<'_>) -> Node {
        let expression = match self.go_zero(kind) {
            Some(Zero::List) => Expression::List(Vec::new()),
            Some(Zero::Named(_)) => {
                let kind = Box::new(self.node(kind, Expression::Name(self.name(kind))));
                Expression::Record { kind: Some(kind), fields: Vec::new(), by_value: false }
            }
            Some(Zero::Literal(literal)) => Expression::Literal(literal),
            Some(Zero::Map) | None => Expression::Record { kind: None, fields: Vec::new(), by_value: false },
        };
        self.node(node, expression)
    }

    fn composite(&mut self, node: Syntax<'_>, by_value: bool) -> Node {
        let (Some(kind), Some(body)) = (node.child_by_field_name("type"), node.child_by_field_name("body"))
        else {
            return self.unknown(node, "the literal is not complete");
        };
        self.composed(node, Some(kind), body, by_value)
    }

    /// `T{…}`, where the type may come from the literal around it.
    fn composed(
        &mut self,
        node: Syntax<'_>,
        kind: Option<Syntax<'_>>,
        body: Syntax<'_>,
        by_value: bool,
    ) -> Node {
        let elements = children(body);
        let keyed = elements.iter().any(|element| element.kind() == "keyed_element");
        let (shape, inner) = match kind.map(|kind| (kind.kind(), kind)) {
            Some(("slice_type" | "array_type" | "implicit_length_array_type", kind)) => {
                (Shape::List, kind.child_by_field_name("element"))
            }
            Some(("map_type", kind)) => (Shape::Map, kind.child_by_field_name("value")),
            Some((_, kind)) => {
                let name = self.text(kind);
                let name = name.split('[').next().unwrap_or(name);
                if name.ends_with("Map") {
                    (Shape::Map, None)
                } else if name.ends_with("Array") {
                    (Shape::List, None)
                } else if !keyed && !elements.is_empty() {
                    let kind = if kind.kind() == "pointer_type" {
                        children(kind).first().copied().unwrap_or(kind)
                    } else {
                        kind
                    };
                    let kind = Box::new(self.go(kind));
                    let items = elements.into_iter().map(|element| self.element(element, None)).collect();
                    return self.node(node, Expression::Placed(kind, items, by_value));
                } else {
                    (Shape::Structure, None)
                }
            }
            None if !keyed && !elements.is_empty() => (Shape::List, None),
            None => (Shape::Structure, None),
        };
        if shape == Shape::List {
            let items = elements.into_iter().map(|element| {
                let element = match element.kind() {
                    // `[]T{0: x}`
                    "keyed_element" => element.child_by_field_name("value").unwrap_or(element),
                    _ => element,
                };
                Argument { name: None, spread: false, value: self.element(element, inner) }
            });
            let items = items.collect();
            return self.node(node, Expression::List(items));
        }
        let mut made = Vec::new();
        for element in elements {
            let (Some(key), Some(value)) =
                (element.child_by_field_name("key"), element.child_by_field_name("value"))
            else {
                continue;
            };
            let key_node = children(key).first().copied().unwrap_or(key);
            let key = match key_node.kind() {
                "identifier" if shape == Shape::Structure => FieldKey::Name(self.name(key_node)),
                _ => {
                    let key = self.go(key_node);
                    match key.expression {
                        Expression::Literal(Literal::Text(text)) => FieldKey::Name(text.as_ref().into()),
                        _ => FieldKey::Computed(key),
                    }
                }
            };
            made.push(Field { key, value: self.element(value, inner) });
        }
        let kind = match (shape, kind) {
            (Shape::Structure, Some(kind)) if kind.kind() != "struct_type" => {
                let kind = if kind.kind() == "pointer_type" {
                    children(kind).first().copied().unwrap_or(kind)
                } else {
                    kind
                };
                Some(Box::new(self.go(kind)))
            }
            _ => None,
        };
        self.node(node, Expression::Record { kind, fields: made, by_value })
    }

    fn element(&mut self, element: Syntax<'_>, kind: Option<Syntax<'_>>) -> Node {
        let inner = if element.kind() == "literal_element" {
            children(element).first().copied().unwrap_or(element)
        } else {
            element
        };
        if inner.kind() == "literal_value" {
            let made = self.deeper(|lower| lower.composed(inner, kind, inner, true));
            return made.unwrap_or_else(|| self.unknown(inner, "the literal is nested too deep"));
        }
        self.go(inner)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    List,
    Map,
    Structure,
}

/// The name a package has where an import gives none: its last part, without a version.
fn package_name(path: &str) -> &str {
    // The packages of Kubernetes are named after their version, and these two are not.
    if path.ends_with("/kubernetes/helm/v2") || path.ends_with("/kubernetes/helm/v3") {
        return "helm";
    }
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let name =
        if version(last) && !path.contains("/kubernetes/") { parts.next().unwrap_or(last) } else { last };
    name.split_once(".v").map_or(name, |(name, _)| name)
}
