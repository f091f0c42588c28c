//! Python programs.

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
use crate::pulumi::program::syntax::Comprehension;
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

/// Reads `__main__.py` and every module of the project that it imports.
pub(super) fn load(sources: &SourceMap, project: &Project) -> Result<Program, ProgramError> {
    let (folder, file) = entry(sources, project);
    let first = file.unwrap_or_else(|| folder.join("__main__.py"));
    if !sources.files().is_file(&first) {
        let shown = if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() };
        return Err(ProgramError::NoFile(shown, "the folder has no `__main__.py`"));
    }
    let mut program = Program::new(Language::Python, project.source.whole());
    let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut waiting = vec![first];
    let mut imports: Vec<(usize, Option<PathBuf>, Box<str>)> = Vec::new();
    while let Some(path) = waiting.pop() {
        if known.contains_key(&path) {
            continue;
        }
        let Some(source) = program.source(sources, &path) else { continue };
        let Some(module) = parse(&source, &mut program) else { continue };
        let index = program.modules.len();
        known.insert(path.clone(), index);
        if index == 0 {
            program.span = module.span.at_start();
        }
        let beside = path.parent().unwrap_or(Path::new("")).to_path_buf();
        for name in imported(&module) {
            let found = found(sources, &folder, &beside, &name);
            waiting.extend(found.clone());
            imports.push((index, found, name));
        }
        program.modules.push(module);
    }
    if program.modules.is_empty() {
        return Err(ProgramError::NoFile(folder.display().to_string(), "its entry cannot be read"));
    }
    for (module, path, name) in imports {
        let link = match path.and_then(|path| known.get(&path).copied()) {
            Some(index) => Link::Local(index),
            None => Link::Library(library(&name)),
        };
        program.links.insert((module, name), link);
    }
    Ok(program)
}

/// The modules that statements anywhere in a module import, and for `from x import y` also `x.y`, which may be one.
fn imported(module: &Module) -> Vec<Box<str>> {
    let mut names = Vec::new();
    let mut waiting: Vec<&Statement> = module.body.iter().collect();
    while let Some(statement) = waiting.pop() {
        match &statement.kind {
            StatementKind::Import(import) => {
                names.push(import.path.clone());
                names.extend(import.names.iter().map(|(name, _)| dotted(&import.path, name)));
            }
            StatementKind::If(_, then, otherwise) => waiting.extend(then.iter().chain(otherwise)),
            StatementKind::Try { body, handler, after } => {
                waiting.extend(body.iter().chain(handler).chain(after));
            }
            StatementKind::Function(function) => waiting.extend(function.body.iter()),
            _ => {}
        }
    }
    names
}

/// `path.name`, as [`Machine::import`](crate::pulumi::program::machine::Machine) looks for it.
fn dotted(path: &str, name: &str) -> Box<str> {
    format!("{path}.{name}").into()
}

/// The file of a module, beside the importing one or from the folder of the program.
fn found(sources: &SourceMap, root: &Path, beside: &Path, name: &str) -> Option<PathBuf> {
    let files = sources.files();
    let dots = name.chars().take_while(|character| *character == '.').count();
    let rest = name.get(dots..).unwrap_or_default();
    let start = match dots {
        0 => root.to_path_buf(),
        1 => beside.to_path_buf(),
        more => beside.ancestors().nth(more - 1)?.to_path_buf(),
    };
    let mut path = start;
    for part in rest.split('.').filter(|part| !part.is_empty()) {
        path.push(part);
    }
    let file = path.with_extension("py");
    let package = path.join("__init__.py");
    if !rest.is_empty() && files.is_file(&file) {
        return Some(files.relative(&file));
    }
    files.is_file(&package).then(|| files.relative(&package))
}

/// The path of a library as all languages share it: `aws/ec2`, `pulumi`, `py:os`.
fn library(import: &str) -> Arc<str> {
    let mut parts = import.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: String = parts.map(|part| format!("/{part}")).collect();
    if first == "pulumi" {
        return format!("pulumi{rest}").into();
    }
    let package = first.strip_prefix("pulumi_").or_else(|| first.strip_prefix("pulumiverse_"));
    match package {
        Some(package) => format!("{}{rest}", package.replace('_', "-")).into(),
        None => format!("py:{first}{rest}").into(),
    }
}

fn parse(source: &Source, program: &mut Program) -> Option<Module> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    let tree = parser.parse(source.text.as_bytes(), None)?;
    let mut lower = Lower::new(source);
    lower.find_errors(tree.root_node());
    let mut body = Vec::new();
    for child in children(tree.root_node()) {
        lower.py_statement(child, &mut body);
    }
    program.strings.append(&mut lower.strings);
    program.note_errors(source, &lower.errors);
    Some(Module { body, span: source.whole() })
}

impl Lower<'_> {
    fn py_block(&mut self, node: Syntax<'_>) -> Vec<Statement> {
        let mut body = Vec::new();
        self.deeper(|lower| {
            for child in children(node) {
                lower.py_statement(child, &mut body);
            }
        });
        body
    }

    fn py_statement(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let field = |name: &str| node.child_by_field_name(name);
        let kind = match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => {
                self.py_import(node, body);
                return;
            }
            "expression_statement" => {
                let parts = children(node);
                let Some(first) = parts.first().copied() else { return };
                match first.kind() {
                    "assignment" => return self.py_assignment(first, body),
                    "augmented_assignment" => {
                        let (Some(left), Some(right)) =
                            (first.child_by_field_name("left"), first.child_by_field_name("right"))
                        else {
                            return;
                        };
                        let sign = first.child_by_field_name("operator").map(|sign| self.text(sign));
                        let operator = sign.and_then(|sign| operator(sign.strip_suffix('=')?));
                        let target = self.py(left);
                        match operator {
                            Some(operator) => {
                                StatementKind::Assign(vec![target], Some(operator), self.py(right))
                            }
                            None => {
                                let unknown = self.unknown(first, "the operator is not followed");
                                StatementKind::Assign(vec![target], None, unknown)
                            }
                        }
                    }
                    _ => StatementKind::Run(self.py(first)),
                }
            }
            "if_statement" => return self.py_if(node, body),
            "for_statement" => {
                let (Some(left), Some(right)) = (field("left"), field("right")) else { return };
                let patterns = vec![self.py_pattern(left)];
                let items = self.py(right);
                let inner = field("body").map(|body| self.py_block(body)).unwrap_or_default();
                StatementKind::Each { patterns, items, keyed: Keys::Items, body: inner }
            }
            "while_statement" => {
                let condition = field("condition").map(|condition| self.py(condition));
                let inner = field("body").map(|body| self.py_block(body)).unwrap_or_default();
                StatementKind::Loop { start: Vec::new(), condition, step: Vec::new(), body: inner }
            }
            "function_definition" => match self.py_function(node, None) {
                Some(function) => StatementKind::Function(Arc::new(function)),
                None => return,
            },
            "class_definition" => StatementKind::Class(Arc::new(self.py_class(node))),
            "decorated_definition" => {
                if let Some(inner) = field("definition") {
                    self.deeper(|lower| lower.py_statement(inner, body));
                }
                return;
            }
            "return_statement" => StatementKind::Return(children(node).first().map(|value| self.py(*value))),
            "raise_statement" => StatementKind::Throw(children(node).first().map(|value| self.py(*value))),
            "try_statement" => {
                let inner = field("body").map(|body| self.py_block(body)).unwrap_or_default();
                let mut handler = Vec::new();
                let mut after = Vec::new();
                for clause in children(node) {
                    let block = children(clause).into_iter().find(|child| child.kind() == "block");
                    match (clause.kind(), block) {
                        ("except_clause", Some(block)) if handler.is_empty() => {
                            handler = self.py_block(block);
                        }
                        ("finally_clause", Some(block)) => after = self.py_block(block),
                        _ => {}
                    }
                }
                StatementKind::Try { body: inner, handler, after }
            }
            "with_statement" => {
                for clause in children(node).into_iter().filter(|child| child.kind() == "with_clause") {
                    for item in children(clause) {
                        let Some(value) = item.child_by_field_name("value") else { continue };
                        if value.kind() == "as_pattern" {
                            let parts = children(value);
                            let (Some(what), Some(target)) = (parts.first(), parts.last()) else { continue };
                            let name = self.text(*target).to_owned();
                            let value = Some(self.py(*what));
                            let pattern = Pattern::Name(name.into());
                            body.push(Statement { kind: StatementKind::Let(vec![pattern], value), span });
                        }
                    }
                }
                let inner = field("body").map(|body| self.py_block(body)).unwrap_or_default();
                body.extend(inner);
                return;
            }
            "break_statement" => StatementKind::Break,
            "continue_statement" => StatementKind::Continue,
            "match_statement" => {
                let subject = field("subject").map(|subject| self.py(subject));
                let mut cases = Vec::new();
                let mut otherwise = Vec::new();
                let clauses = field("body").map(children).unwrap_or_default();
                for clause in clauses.into_iter().filter(|clause| clause.kind() == "case_clause") {
                    let block = clause.child_by_field_name("consequence");
                    let inner = block.map(|block| self.py_block(block)).unwrap_or_default();
                    let pattern = children(clause).into_iter().find(|child| child.kind() == "case_pattern");
                    match pattern {
                        Some(pattern) if self.text(pattern) == "_" => otherwise = inner,
                        Some(pattern) => {
                            let value = children(pattern).first().copied().unwrap_or(pattern);
                            cases.push((vec![self.py(value)], inner));
                        }
                        None => {}
                    }
                }
                StatementKind::Switch { subject, cases, otherwise }
            }
            _ => return,
        };
        body.push(Statement { kind, span });
    }

    fn py_if(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let Some(condition) = node.child_by_field_name("condition") else { return };
        let mut branches = vec![(
            self.py(condition),
            node.child_by_field_name("consequence").map(|then| self.py_block(then)).unwrap_or_default(),
        )];
        let mut otherwise = Vec::new();
        for clause in fields(node, "alternative") {
            match clause.kind() {
                "elif_clause" => {
                    let Some(condition) = clause.child_by_field_name("condition") else { continue };
                    let condition = self.py(condition);
                    let then = clause.child_by_field_name("consequence");
                    branches.push((condition, then.map(|then| self.py_block(then)).unwrap_or_default()));
                }
                _ => {
                    if let Some(block) = clause.child_by_field_name("body") {
                        otherwise = self.py_block(block);
                    }
                }
            }
        }
        // A chain is written as a switch: however long it is, it does not nest.
        let cases = branches.into_iter().map(|(condition, then)| (vec![condition], then)).collect();
        let mut made = StatementKind::Switch { subject: None, cases, otherwise };
        if let StatementKind::Switch { cases, otherwise, .. } = &mut made
            && cases.len() == 1
            && let Some((mut conditions, then)) = cases.pop()
            && let Some(condition) = conditions.pop()
        {
            made = StatementKind::If(condition, then, std::mem::take(otherwise));
        }
        body.push(Statement { kind: made, span });
    }

    fn py_assignment(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let Some(left) = node.child_by_field_name("left") else { return };
        let Some(right) = node.child_by_field_name("right") else { return };
        if right.kind() == "assignment" {
            // `a = b = c`
            self.deeper(|lower| lower.py_assignment(right, body));
            if let Some(inner) = right.child_by_field_name("left") {
                let value = self.py(inner);
                let target = self.py(left);
                body.push(Statement { kind: StatementKind::Assign(vec![target], None, value), span });
            }
            return;
        }
        let value = self.py(right);
        let targets = match left.kind() {
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                children(left).into_iter().map(|target| self.py(target)).collect()
            }
            _ => vec![self.py(left)],
        };
        body.push(Statement { kind: StatementKind::Assign(targets, None, value), span });
    }

    fn py_import(&mut self, node: Syntax<'_>, body: &mut Vec<Statement>) {
        let span = self.span(node);
        let named = |lower: &Self, node: Syntax<'_>| -> (Box<str>, Option<Box<str>>) {
            match node.kind() {
                "aliased_import" => {
                    let name =
                        node.child_by_field_name("name").map(|name| lower.name(name)).unwrap_or_default();
                    (name, node.child_by_field_name("alias").map(|alias| lower.name(alias)))
                }
                _ => (lower.name(node), None),
            }
        };
        if let Some(module) = node.child_by_field_name("module_name") {
            let path = self.name(module);
            let names = fields(node, "name").into_iter().map(|name| {
                let (there, here) = named(self, name);
                let here = here.unwrap_or_else(|| there.clone());
                (there, here)
            });
            let names = names.collect();
            let all = children(node).iter().any(|child| child.kind() == "wildcard_import");
            let import = Import { path, whole: None, names, all };
            body.push(Statement { kind: StatementKind::Import(import), span });
            return;
        }
        for name in fields(node, "name") {
            let (path, alias) = named(self, name);
            // `import a.b` binds `a`, `import a.b as c` binds the inner one.
            let (path, whole) = match alias {
                Some(alias) => (path, alias),
                None => {
                    let first: Box<str> = path.split('.').next().unwrap_or_default().into();
                    (first.clone(), first)
                }
            };
            let import = Import { path, whole: Some(whole), names: Vec::new(), all: false };
            body.push(Statement { kind: StatementKind::Import(import), span });
        }
    }

    fn py_pattern(&mut self, node: Syntax<'_>) -> Pattern {
        match node.kind() {
            "identifier" => match self.text(node) {
                "_" => Pattern::Ignore,
                name => Pattern::Name(name.into()),
            },
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                Pattern::List(children(node).into_iter().map(|part| self.py_pattern(part)).collect())
            }
            _ => Pattern::Ignore,
        }
    }

    /// A function; a method loses its first parameter, which becomes its receiver.
    fn py_function(&mut self, node: Syntax<'_>, of_class: Option<bool>) -> Option<Function> {
        let name = node.child_by_field_name("name").map(|name| self.name(name)).unwrap_or_default();
        let mut parameters = self.py_parameters(node);
        let mut receiver = None;
        if of_class == Some(true) && !parameters.is_empty() {
            let first = parameters.remove(0);
            if let Pattern::Name(name) = first.pattern {
                receiver = Some(name);
            }
        }
        let body = match node.child_by_field_name("body")? {
            block if block.kind() == "block" => self.py_block(block),
            expression => {
                let span = self.span(expression);
                let value = self.py(expression);
                vec![Statement { kind: StatementKind::Return(Some(value)), span }]
            }
        };
        Some(Function { name, receiver, parameters, results: Vec::new(), body, span: self.span(node) })
    }

    fn py_parameters(&mut self, node: Syntax<'_>) -> Vec<Parameter> {
        let mut made = Vec::new();
        for parameter in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
            let (name, default, rest, keywords) = match parameter.kind() {
                "identifier" => (Some(parameter), None, false, false),
                "default_parameter" | "typed_default_parameter" => {
                    let default = parameter.child_by_field_name("value").map(|value| self.py(value));
                    (parameter.child_by_field_name("name"), default, false, false)
                }
                "typed_parameter" => {
                    let inner = children(parameter).first().copied();
                    match inner.map(|inner| (inner.kind(), inner)) {
                        Some(("list_splat_pattern", inner)) => {
                            (children(inner).first().copied(), None, true, false)
                        }
                        Some(("dictionary_splat_pattern", inner)) => {
                            (children(inner).first().copied(), None, true, true)
                        }
                        other => (other.map(|(_, inner)| inner), None, false, false),
                    }
                }
                "list_splat_pattern" => (children(parameter).first().copied(), None, true, false),
                "dictionary_splat_pattern" => (children(parameter).first().copied(), None, true, true),
                _ => continue,
            };
            let Some(name) = name else { continue };
            // `rest` with `field` takes the named arguments that are left.
            made.push(Parameter { pattern: Pattern::Name(self.name(name)), default, rest, field: keywords });
        }
        made
    }

    fn py_class(&mut self, node: Syntax<'_>) -> Class {
        let base = node.child_by_field_name("superclasses").map(children).unwrap_or_default();
        let base = base.into_iter().find(|base| base.kind() != "keyword_argument").map(|base| self.py(base));
        let mut made = Class {
            name: node.child_by_field_name("name").map(|name| self.name(name)).unwrap_or_default(),
            base,
            fields: Vec::new(),
            methods: Vec::new(),
            getters: Vec::new(),
            zeros: Vec::new(),
            span: self.span(node),
        };
        for member in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let (definition, decorators) = match member.kind() {
                "decorated_definition" => {
                    let decorators: Vec<String> = children(member)
                        .into_iter()
                        .filter(|child| child.kind() == "decorator")
                        .map(|decorator| self.text(decorator).trim_start_matches('@').trim().to_owned())
                        .collect();
                    match member.child_by_field_name("definition") {
                        Some(definition) => (definition, decorators),
                        None => continue,
                    }
                }
                _ => (member, Vec::new()),
            };
            match definition.kind() {
                "function_definition" => {
                    let plain = decorators.iter().any(|decorator| decorator == "staticmethod");
                    if let Some(function) = self.py_function(definition, Some(!plain)) {
                        if decorators.iter().any(|decorator| decorator == "property") {
                            made.getters.push(function.name.clone());
                        }
                        made.methods.push(Arc::new(function));
                    }
                }
                "expression_statement" => {
                    let Some(assignment) = children(definition).first().copied() else { continue };
                    if assignment.kind() != "assignment" {
                        continue;
                    }
                    let Some(left) = assignment.child_by_field_name("left") else { continue };
                    let value = assignment.child_by_field_name("right").map(|value| self.py(value));
                    made.fields.push((self.name(left), value));
                }
                _ => {}
            }
        }
        made
    }

    fn py(&mut self, node: Syntax<'_>) -> Node {
        self.expression(node, Self::py_expression)
    }

    fn py_expression(&mut self, node: Syntax<'_>) -> Node {
        let field = |name: &str| node.child_by_field_name(name);
        let expression = match node.kind() {
            "identifier" => Expression::Name(self.name(node)),
            "string" | "concatenated_string" => return self.py_string(node),
            "integer" | "float" => match number(self.text(node)) {
                Some(number) => Expression::Literal(number),
                None => Expression::Unknown("the number is not read".into()),
            },
            "true" => Expression::Literal(Literal::Bool(true)),
            "false" => Expression::Literal(Literal::Bool(false)),
            "none" => Expression::Literal(Literal::Null),
            "parenthesized_expression" | "await" | "type" => match children(node).first() {
                Some(inner) => return self.py(*inner),
                None => Expression::Literal(Literal::Null),
            },
            "attribute" => match (field("object"), field("attribute")) {
                (Some(object), Some(attribute)) => {
                    Expression::Member(Box::new(self.py(object)), self.name(attribute))
                }
                _ => Expression::Unknown("the expression is not complete".into()),
            },
            "subscript" => match (field("value"), field("subscript")) {
                (Some(value), Some(subscript)) if subscript.kind() != "slice" => {
                    Expression::Index(Box::new(self.py(value)), Box::new(self.py(subscript)))
                }
                _ => Expression::Unknown("it is a part of a list".into()),
            },
            "call" => {
                let (Some(function), Some(arguments)) = (field("function"), field("arguments")) else {
                    return self.unknown(node, "the call is not complete");
                };
                let function = Box::new(self.py(function));
                let arguments =
                    if arguments.kind() == "argument_list" { children(arguments) } else { vec![arguments] };
                let arguments = arguments.into_iter().map(|argument| self.py_argument(argument));
                Expression::Call(function, arguments.collect())
            }
            "list" | "set" | "tuple" | "expression_list" | "pattern_list" | "tuple_pattern"
            | "list_pattern" => {
                let items = children(node).into_iter().map(|item| self.py_argument(item));
                Expression::List(items.collect())
            }
            "dictionary" => {
                let mut made = Vec::new();
                for part in children(node) {
                    match (part.kind(), part.child_by_field_name("key"), part.child_by_field_name("value")) {
                        ("pair", Some(key), Some(value)) => {
                            let key = self.py(key);
                            let key = match key.expression {
                                Expression::Literal(Literal::Text(text)) => {
                                    FieldKey::Name(text.as_ref().into())
                                }
                                _ => FieldKey::Computed(key),
                            };
                            made.push(Field { key, value: self.py(value) });
                        }
                        ("dictionary_splat", ..) => {
                            if let Some(inner) = children(part).first() {
                                made.push(Field { key: FieldKey::Spread, value: self.py(*inner) });
                            }
                        }
                        _ => {}
                    }
                }
                Expression::Record { kind: None, fields: made, by_value: false }
            }
            "list_comprehension"
            | "generator_expression"
            | "set_comprehension"
            | "dictionary_comprehension" => {
                return self.py_comprehension(node);
            }
            "lambda" => {
                let parameters = self.py_parameters(node);
                let body = match field("body") {
                    Some(body) => {
                        let span = self.span(body);
                        vec![Statement { kind: StatementKind::Return(Some(self.py(body))), span }]
                    }
                    None => Vec::new(),
                };
                Expression::Function(Arc::new(Function {
                    name: "lambda".into(),
                    receiver: None,
                    parameters,
                    results: Vec::new(),
                    body,
                    span: self.span(node),
                }))
            }
            "conditional_expression" => match children(node).as_slice() {
                [then, condition, otherwise] => Expression::Conditional(
                    Box::new(self.py(*condition)),
                    Box::new(self.py(*then)),
                    Box::new(self.py(*otherwise)),
                ),
                _ => Expression::Unknown("the expression is not complete".into()),
            },
            "not_operator" => match field("argument") {
                Some(argument) => Expression::Not(Box::new(self.py(argument))),
                None => Expression::Unknown("the expression is not complete".into()),
            },
            "unary_operator" => match (field("operator").map(|sign| self.text(sign)), field("argument")) {
                (Some("-"), Some(argument)) => Expression::Negate(Box::new(self.py(argument))),
                (Some("+"), Some(argument)) => return self.py(argument),
                _ => Expression::Unknown("it is decided while the program runs".into()),
            },
            "binary_operator" | "boolean_operator" => {
                let sign = field("operator").map(|sign| self.text(sign)).unwrap_or_default();
                match (operator(sign), field("left"), field("right")) {
                    (Some(operator), Some(left), Some(right)) => {
                        Expression::Binary(operator, Box::new(self.py(left)), Box::new(self.py(right)))
                    }
                    _ => Expression::Unknown(format!("the operator `{sign}` is not followed").into()),
                }
            }
            "comparison_operator" => return self.py_comparison(node),
            "named_expression" => match field("value") {
                Some(value) => return self.py(value),
                None => Expression::Unknown("the expression is not complete".into()),
            },
            _ => Expression::Unknown("it is decided while the program runs".into()),
        };
        self.node(node, expression)
    }

    fn py_argument(&mut self, node: Syntax<'_>) -> Argument {
        match node.kind() {
            "keyword_argument" => {
                let name = node.child_by_field_name("name").map(|name| self.name(name));
                let value = match node.child_by_field_name("value") {
                    Some(value) => self.py(value),
                    None => self.unknown(node, "the argument is not complete"),
                };
                Argument { name, spread: false, value }
            }
            "list_splat" | "dictionary_splat" => {
                let inner = children(node).first().copied().unwrap_or(node);
                Argument { name: None, spread: true, value: self.py(inner) }
            }
            _ => Argument { name: None, spread: false, value: self.py(node) },
        }
    }

    fn py_comparison(&mut self, node: Syntax<'_>) -> Node {
        let operands = children(node);
        let mut cursor = node.walk();
        let signs: Vec<String> = node
            .children_by_field_name("operators", &mut cursor)
            .map(|sign| self.text(sign).to_owned())
            .collect();
        if let ([left, right], [sign]) = (operands.as_slice(), signs.as_slice()) {
            let (left, right) = (Box::new(self.py(*left)), Box::new(self.py(*right)));
            let expression = match sign.as_str() {
                "is" => Expression::Binary(Operator::Equal, left, right),
                "is not" => Expression::Binary(Operator::NotEqual, left, right),
                "not in" => {
                    let within = self.node(node, Expression::Binary(Operator::In, left, right));
                    Expression::Not(Box::new(within))
                }
                sign => match operator(sign) {
                    Some(operator) => Expression::Binary(operator, left, right),
                    None => Expression::Unknown(format!("the operator `{sign}` is not followed").into()),
                },
            };
            return self.node(node, expression);
        }
        self.unknown(node, "a chain of comparisons is not followed")
    }

    fn py_comprehension(&mut self, node: Syntax<'_>) -> Node {
        let parts = children(node);
        let loops: Vec<_> = parts.iter().filter(|part| part.kind() == "for_in_clause").copied().collect();
        let condition = parts.iter().find(|part| part.kind() == "if_clause").copied();
        let ([only], Some(body)) = (loops.as_slice(), node.child_by_field_name("body")) else {
            return self.unknown(node, "loops within loops in one expression are not followed");
        };
        let (Some(left), Some(right)) = (only.child_by_field_name("left"), only.child_by_field_name("right"))
        else {
            return self.unknown(node, "the expression is not complete");
        };
        let pattern = self.py_pattern(left);
        let items = self.py(right);
        let condition = condition.and_then(|clause| children(clause).first().copied()).map(|c| self.py(c));
        let (key, element) = match (body.child_by_field_name("key"), body.child_by_field_name("value")) {
            (Some(key), Some(value)) if body.kind() == "pair" => (Some(self.py(key)), self.py(value)),
            _ => (None, self.py(body)),
        };
        let comprehension = Comprehension { key, element, pattern, items, condition };
        self.node(node, Expression::Comprehension(Box::new(comprehension)))
    }

    /// A string, with what f-strings put into it.
    fn py_string(&mut self, node: Syntax<'_>) -> Node {
        let mut parts = Vec::new();
        let mut pieces = Vec::new();
        if node.kind() == "concatenated_string" {
            pieces.extend(children(node));
        } else {
            pieces.push(node);
        }
        let mut plain = String::new();
        let mut only_text = true;
        for piece in pieces {
            let start = children(piece).into_iter().find(|part| part.kind() == "string_start");
            let raw = start.is_some_and(|start| self.text(start).to_ascii_lowercase().contains('r'));
            for part in children(piece) {
                match part.kind() {
                    "string_content" => {
                        let text = self.text(part);
                        let text = if raw { text.to_owned() } else { unescaped(text) };
                        let text = text.replace("{{", "{").replace("}}", "}");
                        plain.push_str(&text);
                        parts.push(self.string(part, text));
                    }
                    "interpolation" => {
                        only_text = false;
                        match part.child_by_field_name("expression") {
                            Some(inner) if part.child_by_field_name("format_specifier").is_none() => {
                                parts.push(self.py(inner));
                            }
                            _ => parts.push(
                                self.unknown(part, "the text is formatted in a way that is not followed"),
                            ),
                        }
                    }
                    _ => {}
                }
            }
        }
        if only_text {
            return self.string(node, plain);
        }
        self.node(node, Expression::Template(parts))
    }
}
