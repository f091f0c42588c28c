//! Runs templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::helm::functions::Body;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::FaultKind;
use crate::helm::functions::Flow;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::methods;
use crate::helm::functions::truth;
use crate::helm::go::print;
use crate::helm::go::quote;
use crate::helm::template::ast::Action;
use crate::helm::template::ast::Branch;
use crate::helm::template::ast::Call;
use crate::helm::template::ast::Chain;
use crate::helm::template::ast::Command;
use crate::helm::template::ast::Content;
use crate::helm::template::ast::Fields;
use crate::helm::template::ast::File;
use crate::helm::template::ast::Node;
use crate::helm::template::ast::Number;
use crate::helm::template::ast::Pipe;
use crate::helm::template::ast::Template;
use crate::helm::template::ast::Word;
use crate::helm::template::show::Show;
use crate::helm::text::Mark;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::text::Trail;
use crate::helm::value::Data;
use crate::helm::value::Key;
use crate::helm::value::Value;
use crate::source::Span;

/// `include` of one name may be nested this deep.
const MAX_INCLUDES: usize = 1_000;

/// Templates by name; those that `tpl` defines hide the ones around them.
#[derive(Debug, Default)]
pub(crate) struct Scope<'s> {
    pub(crate) own: BTreeMap<Vec<u8>, Arc<Template>>,
    pub(crate) outer: Option<&'s Scope<'s>>,
}

impl Scope<'_> {
    pub(crate) fn find(&self, name: &[u8]) -> Option<Arc<Template>> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(found) = here.own.get(name) {
                return Some(Arc::clone(found));
            }
            scope = here.outer;
        }
        None
    }

    /// Enters a template, unless it is empty and there is one already.
    pub(crate) fn enter(&mut self, template: Template) {
        if template.is_empty() && self.find(&template.name).is_some() {
            return;
        }
        self.own.insert(template.name.clone(), Arc::new(template));
    }
}

/// Where the execution stands, for messages.
#[derive(Clone, Copy)]
enum At<'t> {
    Node(&'t Node),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Word(&'t Word),
    /// The body of a template.
    Body,
}

/// One template being executed.
struct State<'s, 't> {
    scope: &'s Scope<'s>,
    template: &'t Template,
    /// `$`
    root: Value,
    variables: Vec<(Key, Value)>,
    at: At<'t>,
    /// The action or control structure being executed.
    action: Option<Span>,
    trail: Trail,
    /// What decided that branches printed nothing.
    silent: Origins,
}

/// How a list of nodes ended.
enum Flowing {
    On,
    Break,
    Continue,
}

type Run<T> = Result<T, Fault>;

/// Executes a template by name. Missing names are an error.
pub(crate) fn execute(
    session: &mut Session<'_>,
    scope: &Scope<'_>,
    name: &[u8],
    root: &Value,
    trail: Trail,
) -> Run<Text> {
    let Some(template) = scope.find(name) else {
        let shown = String::from_utf8_lossy(&quote::quote(name)).into_owned();
        return Err(Fault::new(format!("template: no template {shown} associated with template \"gotpl\"")));
    };
    execute_template(session, scope, &template, root, trail)
}

fn execute_template(
    session: &mut Session<'_>,
    scope: &Scope<'_>,
    template: &Template,
    root: &Value,
    trail: Trail,
) -> Run<Text> {
    let mut out = TextBuilder::new();
    session.enter()?;
    let mut state = State::new(scope, template, root, trail);
    let done = state.run(session, &mut out, root);
    session.leave();
    done?;
    // Of a text that says nothing, what kept it from saying something is all there is to know.
    let silent = std::mem::take(&mut state.silent);
    let text = out.finish();
    if silent.is_none() || !text.bytes().trim_ascii().is_empty() {
        return Ok(text);
    }
    Ok(text.with_origins(&silent))
}

impl<'s, 't> State<'s, 't> {
    fn new(scope: &'s Scope<'s>, template: &'t Template, root: &Value, trail: Trail) -> Self {
        Self {
            scope,
            template,
            root: root.clone(),
            variables: Vec::new(),
            at: At::Body,
            action: None,
            trail,
            silent: Origins::NONE,
        }
    }

    fn run(&mut self, session: &mut Session<'_>, out: &mut TextBuilder, dot: &Value) -> Run<()> {
        let template = self.template;
        self.list(session, out, dot, &template.body).map(|_| ())
    }

    // Messages.

    fn position(&self) -> usize {
        match self.at {
            At::Node(node) => match node {
                Node::Text(range) => range.start,
                Node::Action(action) => action.at,
                Node::Break(at) | Node::Continue(at) => *at,
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => branch.pipe.at,
                Node::Template(call) => call.at,
            },
            At::Pipe(pipe) => pipe.at,
            At::Command(command) => command.at,
            At::Word(word) => word.at(),
            At::Body => self.template.at,
        }
    }

    fn context(&self) -> Vec<u8> {
        let mut show = Show::new();
        match self.at {
            At::Node(node) => show.node(&self.template.file, node),
            At::Pipe(pipe) => show.pipe(pipe),
            At::Command(command) => show.command(command),
            At::Word(word) => show.word(word),
            At::Body => self.template.body.iter().for_each(|node| show.node(&self.template.file, node)),
        }
        show.out
    }

    #[cold]
    fn fault(&self, message: impl AsRef<str>) -> Fault {
        self.locate(Fault::new(message.as_ref().to_owned()))
    }

    /// Puts place and context in front of a message.
    #[cold]
    fn locate(&self, mut fault: Fault) -> Fault {
        let position = self.position();
        let location = self.template.file.location(position);
        let name = String::from_utf8_lossy(&quote::quote(&self.template.name)).into_owned();
        let context = String::from_utf8_lossy(&self.context()).into_owned();
        fault.message = format!("template: {location}: executing {name} at <{context}>: {}", fault.message);
        if fault.span.is_none() {
            let end = position + context.len().min(self.line_left(position));
            fault.span = self.template.file.span(position..end);
            fault.calls = self.trail.calls().collect();
        }
        fault
    }

    fn line_left(&self, at: usize) -> usize {
        let rest = self.template.file.bytes().get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).unwrap_or(rest.len())
    }

    // Nodes.

    fn list(
        &mut self,
        session: &mut Session<'_>,
        out: &mut TextBuilder,
        dot: &Value,
        nodes: &'t [Node],
    ) -> Run<Flowing> {
        for node in nodes {
            self.at = At::Node(node);
            match node {
                Node::Text(range) => self.text(session, out, range.clone()),
                Node::Action(action) => self.action(session, out, dot, action)?,
                Node::Break(_) => return Ok(Flowing::Break),
                Node::Continue(_) => return Ok(Flowing::Continue),
                Node::If(branch) => match self.branch(session, out, dot, branch, false)? {
                    Flowing::On => {}
                    left => return Ok(left),
                },
                Node::With(branch) => match self.branch(session, out, dot, branch, true)? {
                    Flowing::On => {}
                    left => return Ok(left),
                },
                Node::Range(branch) => match self.range(session, out, dot, branch)? {
                    Flowing::On => {}
                    left => return Ok(left),
                },
                Node::Template(call) => self.call_template(session, out, dot, call)?,
            }
            if out.len() > Session::max_text() {
                return Err(self.locate(Session::too_large()));
            }
        }
        Ok(Flowing::On)
    }

    fn text(&self, session: &Session<'_>, out: &mut TextBuilder, range: std::ops::Range<usize>) {
        let file = &self.template.file;
        if session.options.text_only {
            return match &file.content {
                Content::Source { text, .. } => {
                    out.push(crate::helm::text::part(text.as_bytes(), range), &Mark::default());
                }
                Content::Value { text, .. } => out.push_part(text, range),
            };
        }
        match &file.content {
            Content::Source { text, .. } => {
                // Line by line, so that what stands in the middle of a long text is found at its own line.
                let whole = crate::helm::text::part(text.as_bytes(), range.clone());
                let mut start = range.start;
                for line in whole.split_inclusive(|byte| *byte == b'\n') {
                    let ink = line.trim_ascii();
                    let blank = line.len() - line.trim_ascii_start().len();
                    let shown = if ink.is_empty() {
                        start..start + line.len()
                    } else {
                        start + blank..start + blank + ink.len()
                    };
                    let mark =
                        Mark { template: file.span(shown), trail: self.trail.clone(), values: Origins::NONE };
                    out.push(line, &mark);
                    start += line.len();
                }
            }
            Content::Value { text, at } => {
                out.push_printed(&text.slice(range), *at, &self.trail);
            }
        }
    }

    /// How a template that this action calls comes to be printed.
    fn entered(&self, session: &Session<'_>) -> Trail {
        match self.action {
            Some(action) if !session.options.text_only => self.trail.enter(action),
            _ => self.trail.clone(),
        }
    }

    fn here(&self, range: &std::ops::Range<usize>) -> Option<Span> {
        self.template.file.span(range.clone())
    }

    fn action(
        &mut self,
        session: &mut Session<'_>,
        out: &mut TextBuilder,
        dot: &Value,
        action: &'t Action,
    ) -> Run<()> {
        self.action = self.here(&action.range);
        let value = self.pipe(session, dot, &action.pipe)?;
        if action.pipe.declared.is_empty() {
            let text = print::action_text(&value);
            session.charge(text.len()).map_err(|fault| self.locate(fault))?;
            if says_nothing(text.bytes()) {
                let null = text.bytes().trim_ascii() == b"null";
                self.note_undefined(session, dot, action, null);
            }
            if session.options.text_only {
                out.push_text(&text);
            } else {
                out.push_printed(&text, self.action, &self.trail);
            }
        }
        Ok(())
    }

    /// Notes where an action prints a value that is not there. Looked for only where nothing was printed.
    #[cold]
    fn note_undefined(&self, session: &mut Session<'_>, dot: &Value, action: &Action, null: bool) {
        // What a caller does with the text of an `include` is not seen here: it may have a default for it.
        if session.options.text_only || self.trail.calls().next().is_some() {
            return;
        }
        let Some(word) = printed_field(&action.pipe) else { return };
        let (mut value, fields) = match word {
            Word::Field { fields, .. } => (dot.clone(), fields),
            Word::Variable { name, fields, .. } if **name == *b"$" => {
                let Ok(root) = self.variable(name) else { return };
                (root, fields)
            }
            _ => return,
        };
        if fields.names().next() != Some(b"Values") {
            return;
        }
        for field in fields.names() {
            let Some(dict) = value.as_dict() else { return };
            if value.origins.why_unknown().is_some() {
                return;
            }
            let Some(next) = dict.get(field) else {
                let mut show = Show::new();
                show.word(word);
                let whole = crate::helm::text::part(self.template.file.bytes(), action.range.clone());
                let at = memchr::memmem::find(whole, &show.out).unwrap_or(0) + action.range.start;
                let path =
                    fields.names().skip(1).map(|key| String::from_utf8_lossy(key).into_owned()).collect();
                let place = self.here(&(at..at + show.out.len()));
                session.undefined(place, path, null);
                return;
            };
            value = next;
        }
    }

    fn branch(
        &mut self,
        session: &mut Session<'_>,
        out: &mut TextBuilder,
        dot: &Value,
        branch: &'t Branch,
        with: bool,
    ) -> Run<Flowing> {
        self.action = self.here(&branch.range);
        let mark = self.variables.len();
        let value = self.pipe(session, dot, &branch.pipe)?;
        let held = truth(&value);
        session.condition(self.action, &value, held, held || !with);
        let held = held != session.is_flipped(self.action);
        session.enter().map_err(|fault| self.locate(fault))?;
        let before = (out.len(), self.take_branch(session, || value.origins()));
        let done = if held {
            self.list(session, out, if with { &value } else { dot }, &branch.body)
        } else {
            match &branch.otherwise {
                Some(nodes) => self.list(session, out, dot, nodes),
                None => {
                    if let Some(Node::Text(block)) = branch.body.first()
                        && !session.options.text_only
                    {
                        let block = crate::helm::text::part(self.template.file.bytes(), block.clone());
                        session.left_out(self.action, block, value.origins());
                    }
                    Ok(Flowing::On)
                }
            }
        };
        self.leave_branch(out, before);
        session.leave();
        self.variables.truncate(mark);
        done
    }

    /// Remembers what a branch is taken for, while it is run. Returns how the text around it came to be printed.
    fn take_branch(&mut self, session: &Session<'_>, decided: impl FnOnce() -> Origins) -> Trail {
        if session.options.text_only {
            return Trail::TOP;
        }
        let inner = self.trail.branch(&decided());
        std::mem::replace(&mut self.trail, inner)
    }

    /// Leaves a branch. What it was taken for, or not taken for, is remembered where it printed nothing.
    fn leave_branch(&mut self, out: &TextBuilder, (length, outer): (usize, Trail)) {
        if out.len() == length && !self.trail.is_same(&outer) {
            self.silent = self.silent.union(&self.trail.last_branch());
        }
        self.trail = outer;
    }

    fn range(
        &mut self,
        session: &mut Session<'_>,
        out: &mut TextBuilder,
        dot: &Value,
        branch: &'t Branch,
    ) -> Run<Flowing> {
        self.action = self.here(&branch.range);
        let outer = self.variables.len();
        let value = self.pipe(session, dot, &branch.pipe)?;
        session.condition(self.action, &value, truth(&value), false);
        session.enter().map_err(|fault| self.locate(fault))?;
        let mark = self.variables.len();
        let whole = if session.options.text_only { Origins::NONE } else { value.origins() };
        let mut ran = false;
        let mut items: Box<dyn Iterator<Item = (Value, Value)>> = match value.data {
            Data::Int(count)
            | Data::Int64(count)
            | Data::Duration(count)
            | Data::Month(count)
            | Data::Weekday(count) => {
                if branch.pipe.declared.len() > 1 {
                    return Err(
                        self.fault(format!("can't use {count} to iterate over more than one variable"))
                    );
                }
                let make: fn(i64) -> Data =
                    if matches!(value.data, Data::Int64(_)) { Data::Int64 } else { Data::Int };
                let origins = value.origins.clone();
                Box::new(
                    (0..count.max(0))
                        .map(move |number| (Value::ABSENT, Value::new(make(number), origins.clone()))),
                )
            }
            Data::Uint64(count) => Box::new(
                (0..count).map(|number| (Value::ABSENT, Value::new(Data::Uint64(number), Origins::NONE))),
            ),
            Data::List(list) => {
                let index =
                    |at: usize| Value::new(Data::Int(crate::helm::go::numbers::int(at)), Origins::NONE);
                Box::new(
                    (0..list.len())
                        .map(move |at| (index(at), list.items().get(at).cloned().unwrap_or(Value::NIL))),
                )
            }
            Data::Bytes(text) => {
                let mark = text.origins();
                Box::new((0..text.len()).map(move |at| {
                    let byte = text.bytes().get(at).copied().unwrap_or(0);
                    (
                        Value::new(Data::Int(crate::helm::go::numbers::int(at)), Origins::NONE),
                        Value::new(Data::Uint64(byte.into()), mark.clone()),
                    )
                }))
            }
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => Box::new(
                dict.members()
                    .into_iter()
                    .map(|(key, member)| (Value::string(&*key, member.key_origins), member.value)),
            ),
            Data::Files(files) => {
                let all: Vec<_> = files
                    .iter()
                    .map(|(path, text)| {
                        (
                            Value::from(Text::plain(&**path)),
                            Value::new(Data::Bytes(text.clone()), Origins::NONE),
                        )
                    })
                    .collect();
                Box::new(all.into_iter())
            }
            Data::Absent | Data::Nil => Box::new(std::iter::empty()),
            _ => {
                let shown = print::sprint_one(&value);
                return Err(self.fault(format!("range can't iterate over {}", shown.to_str())));
            }
        };
        for (index, item) in &mut items {
            ran = true;
            session.step().map_err(|fault| self.locate(fault))?;
            self.set_range_variables(branch, mark, &index, &item)?;
            // The item is what a round is made for, or its key; the whole list only where neither is known.
            let own = || [index.origins(), item.origins()].into_iter().find(|own| !own.is_none());
            let before = (out.len(), self.take_branch(session, || own().unwrap_or_else(|| whole.clone())));
            let flowing = self.list(session, out, &item, &branch.body)?;
            self.leave_branch(out, before);
            self.variables.truncate(mark);
            if let Flowing::Break = flowing {
                break;
            }
        }
        // A `break` in the `else` of a range ends that range; a `continue` goes on with the one around it.
        let mut left = Flowing::On;
        if !ran {
            let before = (out.len(), self.take_branch(session, || whole.clone()));
            if let Some(nodes) = &branch.otherwise
                && let Flowing::Continue = self.list(session, out, dot, nodes)?
            {
                left = Flowing::Continue;
            }
            self.leave_branch(out, before);
        }
        session.leave();
        self.variables.truncate(outer);
        Ok(left)
    }

    fn set_range_variables(&mut self, branch: &Branch, mark: usize, index: &Value, item: &Value) -> Run<()> {
        match branch.pipe.declared.as_slice() {
            [] => {}
            [first] if branch.pipe.assigns => self.assign(first, item)?,
            [first, second, ..] if branch.pipe.assigns => {
                self.assign(first, index)?;
                self.assign(second, item)?;
            }
            [_] => self.set_top(mark, 1, item),
            [_, ..] => {
                self.set_top(mark, 1, item);
                self.set_top(mark, 2, index);
            }
        }
        Ok(())
    }

    fn set_top(&mut self, mark: usize, below: usize, value: &Value) {
        if let Some(slot) = mark.checked_sub(below).and_then(|at| self.variables.get_mut(at)) {
            slot.1 = value.clone();
        }
    }

    fn assign(&mut self, name: &[u8], value: &Value) -> Run<()> {
        // It is read where the branch that assigns it is left already.
        let value = value.clone().with_origins(&self.trail.decided());
        let known = self.variables.iter_mut().rev().find(|(known, _)| **known == *name);
        match known.map(|(_, slot)| slot) {
            Some(slot) => *slot = value,
            None if name == b"$" => self.root = value,
            None => {
                return Err(self.fault(format!("undefined variable: {}", String::from_utf8_lossy(name))));
            }
        }
        Ok(())
    }

    fn call_template(
        &mut self,
        session: &mut Session<'_>,
        out: &mut TextBuilder,
        dot: &Value,
        call: &'t Call,
    ) -> Run<()> {
        self.action = self.here(&call.range);
        let Some(template) = self.scope.find(&call.name) else {
            let name = String::from_utf8_lossy(&quote::quote(&call.name)).into_owned();
            return Err(self.fault(format!("template {name} not defined")));
        };
        session.enter().map_err(|fault| self.locate(fault))?;
        let data = match &call.pipe {
            Some(pipe) => self.pipe(session, dot, pipe)?,
            None => Value::ABSENT,
        };
        let trail = self.entered(session);
        let done = State::new(self.scope, &template, &data, trail).run(session, out, &data);
        session.leave();
        done
    }

    // Pipelines.

    fn pipe(&mut self, session: &mut Session<'_>, dot: &Value, pipe: &'t Pipe) -> Run<Value> {
        self.at = At::Pipe(pipe);
        session.enter().map_err(|fault| self.locate(fault))?;
        let mut value = None;
        for command in &pipe.commands {
            let mut result = self.command(session, dot, command, value)?;
            if matches!(result.data, Data::Nil) {
                result.data = Data::Absent;
            }
            value = Some(result);
        }
        let value = value.unwrap_or(Value::ABSENT);
        for name in &pipe.declared {
            if pipe.assigns {
                self.assign(name, &value)?;
            } else {
                self.variables.push((Arc::clone(name), value.clone()));
            }
        }
        session.leave();
        Ok(value)
    }

    fn not_a_function(&self, words: &[Word], last: Option<&Value>) -> Run<()> {
        if words.len() > 1 || last.is_some() {
            let mut show = Show::new();
            if let Some(word) = words.first() {
                show.word(word);
            }
            let shown = String::from_utf8_lossy(&show.out).into_owned();
            return Err(self.fault(format!("can't give argument to non-function {shown}")));
        }
        Ok(())
    }

    fn command(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        command: &'t Command,
        last: Option<Value>,
    ) -> Run<Value> {
        let words = command.words.as_slice();
        let Some((first, arguments)) = words.split_first() else { return Ok(Value::ABSENT) };
        match first {
            Word::Field { fields, .. } => {
                self.at = At::Word(first);
                self.chain(session, dot, dot.clone(), At::Word(first), fields, arguments, last)
            }
            Word::Chain(chain) => {
                let receiver = self.chain_receiver(session, dot, first, chain)?;
                self.chain(session, dot, receiver, At::Word(first), &chain.fields, arguments, last)
            }
            Word::Identifier { function, .. } => {
                self.at = At::Word(first);
                self.call(session, dot, function.entry(), None, At::Command(command), arguments, last)
            }
            Word::Pipe(pipe) => {
                self.not_a_function(words, last.as_ref())?;
                self.pipe(session, dot, pipe)
            }
            Word::Variable { name, fields, .. } => {
                self.at = At::Word(first);
                let value = self.variable(name)?;
                if fields.is_empty() {
                    self.not_a_function(words, last.as_ref())?;
                    return Ok(value);
                }
                self.chain(session, dot, value, At::Word(first), fields, arguments, last)
            }
            Word::Bool(_, truth) => {
                self.at = At::Word(first);
                self.not_a_function(words, last.as_ref())?;
                Ok((*truth).into())
            }
            Word::Dot(_) => {
                self.at = At::Word(first);
                self.not_a_function(words, last.as_ref())?;
                Ok(dot.clone())
            }
            Word::Nil(_) => {
                self.at = At::Word(first);
                self.not_a_function(words, last.as_ref())?;
                Err(self.fault("nil is not a command"))
            }
            Word::Number(number) => {
                self.at = At::Word(first);
                self.not_a_function(words, last.as_ref())?;
                self.constant(number)
            }
            Word::String { value, .. } => {
                self.at = At::Word(first);
                self.not_a_function(words, last.as_ref())?;
                Ok(value.clone())
            }
        }
    }

    fn constant(&self, number: &Number) -> Run<Value> {
        let data = if let Some(parts) = number.complex {
            Data::Complex(Arc::new(parts))
        } else {
            let text = &number.text;
            let hex = matches!(text.as_slice(), [b'0', b'x' | b'X', _, ..])
                && !text.iter().any(|byte| b"pP".contains(byte));
            let rune = text.starts_with(b"'");
            let fraction = text.iter().any(|byte| b".eEpP".contains(byte));
            match (number.float, number.int) {
                (Some(float), _) if !hex && !rune && fraction => Data::Float(float),
                (_, Some(int)) => Data::Int(int),
                _ => {
                    let text = String::from_utf8_lossy(text);
                    return Err(self.fault(format!("{text} overflows int")));
                }
            }
        };
        Ok(Value::new(data, Origins::NONE))
    }

    fn variable(&self, name: &[u8]) -> Run<Value> {
        match self.variables.iter().rev().find(|(known, _)| **known == *name) {
            Some((_, value)) => Ok(value.clone()),
            None if name == b"$" => Ok(self.root.clone()),
            None => Err(self.fault(format!("undefined variable: {}", String::from_utf8_lossy(name)))),
        }
    }

    fn chain_receiver(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        word: &'t Word,
        chain: &'t Chain,
    ) -> Run<Value> {
        self.at = At::Word(word);
        if let Word::Nil(_) = chain.word {
            let mut show = Show::new();
            show.word(word);
            let shown = String::from_utf8_lossy(&show.out).into_owned();
            return Err(self.fault(format!("indirection through explicit nil in {shown}")));
        }
        self.argument(session, dot, None, &chain.word)
    }

    #[expect(clippy::too_many_arguments, reason = "a call is its receiver, its place and its arguments")]
    fn chain(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        mut receiver: Value,
        place: At<'t>,
        fields: &'t Fields,
        arguments: &'t [Word],
        last: Option<Value>,
    ) -> Run<Value> {
        let mut names = fields.names().peekable();
        let mut from_map = false;
        let mut lacking = Origins::NONE;
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return self.field(session, dot, &receiver, name, place, arguments, last, from_map, &lacking);
            }
            let above = receiver.origins.clone();
            // What a map holds is an interface to Go; fields of structs have types of their own.
            let of_map = receiver.as_dict().is_some();
            receiver = self.field(session, dot, &receiver, name, place, &[], None, from_map, &lacking)?;
            lacking = above;
            from_map = of_map;
        }
        Ok(receiver)
    }

    #[expect(clippy::too_many_arguments, reason = "a call is its receiver, its place and its arguments")]
    fn field(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        receiver: &Value,
        name: &[u8],
        place: At<'t>,
        arguments: &'t [Word],
        last: Option<Value>,
        from_map: bool,
        lacking: &Origins,
    ) -> Run<Value> {
        let shown = || String::from_utf8_lossy(name).into_owned();
        match &receiver.data {
            Data::Absent => {
                if session.options.strict {
                    return Err(self.fault(format!("nil data; no entry for key {:?}", shown())));
                }
                return Ok(Value::new(Data::Absent, receiver.origins.clone()));
            }
            Data::Nil => {
                let mut fault = self.fault(format!("nil pointer evaluating interface {{}}.{}", shown()));
                fault.values = lacking.clone();
                return Err(fault);
            }
            _ => {}
        }
        if let Some(method) = methods::find(receiver, name) {
            return self.call(session, dot, method, Some(receiver), place, arguments, last);
        }
        let given = !arguments.is_empty() || last.is_some();
        match &receiver.data {
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                if given {
                    return Err(self.fault(format!("{} is not a method but has arguments", shown())));
                }
                if let Some(value) = dict.get(name) {
                    return Ok(value);
                }
                if session.options.strict {
                    let mut fault = self.fault(format!("map has no entry for key {:?}", shown()));
                    fault.values = receiver.origins.clone();
                    return Err(fault);
                }
                let unknown = receiver.origins.why_unknown().is_some();
                let origins = if unknown { receiver.origins.clone() } else { Origins::NONE };
                let data = match receiver.data {
                    Data::StringMap(_) => return Ok(Value::string("", origins)),
                    _ => Data::Nil,
                };
                Ok(Value::new(data, origins))
            }
            Data::Files(files) => {
                if given {
                    return Err(self.fault(format!("{} is not a method but has arguments", shown())));
                }
                let text = files.get(name).cloned().unwrap_or_default();
                Ok(Value::new(Data::Bytes(text), Origins::NONE))
            }
            Data::Record(record) if record.field(name).is_some() => {
                if given {
                    return Err(
                        self.fault(format!("{} has arguments but cannot be invoked as function", shown()))
                    );
                }
                Ok(record.field(name).cloned().unwrap_or(Value::ABSENT))
            }
            _ => {
                let type_name = if from_map { "interface {}" } else { receiver.type_name() };
                let mut fault = self.fault(format!("can't evaluate field {} in type {type_name}", shown()));
                fault.values = receiver.origins();
                Err(fault)
            }
        }
    }

    // Calls.

    #[expect(clippy::too_many_arguments, reason = "a call is its receiver, its place and its arguments")]
    fn call(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        entry: &'static Entry,
        receiver: Option<&Value>,
        place: At<'t>,
        words: &'t [Word],
        last: Option<Value>,
    ) -> Run<Value> {
        session.step().map_err(|fault| self.locate(fault))?;
        let count = words.len() + usize::from(last.is_some());
        let fixed = entry.parameters.len();
        if entry.rest.is_some() {
            if count < fixed {
                let (name, given) = (entry.name, words.len());
                return Err(
                    self.fault(format!("wrong number of args for {name}: want at least {fixed} got {given}"))
                );
            }
        } else if count != fixed {
            let name = entry.name;
            return Err(self.fault(format!("wrong number of args for {name}: want {fixed} got {count}")));
        }
        if let Body::And | Body::Or = entry.body {
            return self.short_circuit(session, dot, matches!(entry.body, Body::Or), words, last);
        }
        let parameter = |at: usize| entry.parameters.get(at).copied().or(entry.rest).unwrap_or(Type::Any);
        let mut arguments = Vec::with_capacity(count + 1);
        arguments.extend(receiver.cloned());
        for (at, word) in words.iter().enumerate() {
            arguments.push(self.argument(session, dot, Some(parameter(at)), word)?);
        }
        if let Some(last) = last {
            arguments.push(self.validate(last, parameter(count - 1))?);
        }
        if stores(entry.name) && !session.options.text_only {
            // What is put away here is taken out where this branch is left already.
            let decided = self.trail.decided();
            for argument in &mut arguments {
                if argument.as_dict().is_none() && argument.as_list().is_none() {
                    *argument = std::mem::replace(argument, Value::ABSENT).with_origins(&decided);
                }
            }
        }
        let result = match entry.body {
            Body::Plain(function) => function(session, &arguments),
            Body::Include => self.include(session, &arguments),
            Body::Tpl => self.tpl(session, &arguments),
            Body::Call => {
                let callee = words.first().map_or(At::Body, At::Word);
                Err(Self::call_value(callee, &arguments))
            }
            Body::And | Body::Or => Ok(Value::ABSENT),
        };
        let result = result.and_then(|value| session.checked(value));
        match result {
            Ok(value) if entry.flow == Flow::Mix => Ok(mixed(value, &arguments)),
            Ok(value) => Ok(value),
            Err(mut fault) => {
                self.at = place;
                fault.message = format!("error calling {}: {}", entry.name, fault.message);
                if fault.values.is_none() && fault.kind != FaultKind::Go {
                    fault.values = arguments.iter().fold(Origins::NONE, |sum, one| sum.union(&one.origins()));
                }
                Err(self.locate(fault))
            }
        }
    }

    fn call_value(callee: At<'t>, arguments: &[Value]) -> Fault {
        let Some(value) = arguments.first().filter(|value| !value.is_nil()) else {
            return Fault::new("call of nil".to_owned());
        };
        let mut show = Show::new();
        match callee {
            At::Word(word) => show.word(word),
            _ => show.out = print::sprint_one(value).bytes().to_vec(),
        }
        let name = String::from_utf8_lossy(&show.out).into_owned();
        Fault::new(format!("non-function {name} of type {}", value.type_name()))
    }

    fn short_circuit(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        or: bool,
        words: &'t [Word],
        last: Option<Value>,
    ) -> Run<Value> {
        let mut value = Value::ABSENT;
        let mut passed = Origins::NONE;
        for word in words {
            passed = value.origins().deciding().union(&passed);
            value = self.argument(session, dot, Some(Type::Reflect), word)?;
            if truth(&value) == or {
                return Ok(value.with_origins(&passed));
            }
        }
        if let Some(last) = last {
            passed = value.origins().deciding().union(&passed);
            value = last;
        }
        Ok(value.with_origins(&passed))
    }

    fn validate(&self, mut value: Value, wanted: Type) -> Run<Value> {
        if matches!(value.data, Data::Absent) {
            value.data = match wanted {
                Type::Reflect => Data::Absent,
                Type::Any => Data::Nil,
                Type::Dict => Data::Dict(crate::helm::value::Dict::nil()),
                Type::List => Data::List(crate::helm::value::List::nil(crate::helm::value::Element::Any)),
                _ => return Err(self.fault(format!("invalid value; expected {}", wanted.name()))),
            };
            return Ok(value);
        }
        let fits = match (&value.data, wanted) {
            (_, Type::Any | Type::Reflect)
            | (Data::String(_), Type::String)
            | (Data::Int(_), Type::Int)
            | (Data::Bool(_), Type::Bool)
            | (Data::Float(_), Type::Float)
            | (Data::Dict(_), Type::Dict)
            | (Data::Duration(_), Type::Duration)
            | (Data::Version(_), Type::Version)
            | (Data::Time(_), Type::Time) => true,
            (Data::Values(dict, _), Type::Dict) => {
                value.data = Data::Dict(dict.clone());
                true
            }
            (Data::List(list), Type::List) => list.element() == crate::helm::value::Element::Any,
            (Data::Record(record), Type::Certificate) => {
                record.kind() == crate::helm::record::RecordKind::Certificate
            }
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        let got = if matches!(value.data, Data::Nil) { "interface {}" } else { value.type_name() };
        let mut fault = self.fault(format!("wrong type for value; expected {}; got {got}", wanted.name()));
        fault.values = value.origins();
        Err(fault)
    }

    /// An argument of a call. Without a type it is the operand of a chain.
    fn argument(
        &mut self,
        session: &mut Session<'_>,
        dot: &Value,
        wanted: Option<Type>,
        word: &'t Word,
    ) -> Run<Value> {
        self.at = At::Word(word);
        let value = match word {
            Word::Dot(_) => dot.clone(),
            Word::Nil(_) => {
                let data = match wanted {
                    None | Some(Type::Reflect) => Data::Absent,
                    Some(Type::Any) => Data::Nil,
                    Some(Type::Dict) => Data::Dict(crate::helm::value::Dict::nil()),
                    Some(Type::List) => {
                        Data::List(crate::helm::value::List::nil(crate::helm::value::Element::Any))
                    }
                    Some(other) => {
                        return Err(self.fault(format!("cannot assign nil to {}", other.name())));
                    }
                };
                return Ok(Value::new(data, Origins::NONE));
            }
            Word::Field { fields, .. } => {
                self.chain(session, dot, dot.clone(), At::Word(word), fields, &[], None)?
            }
            Word::Variable { name, fields, .. } => {
                let value = self.variable(name)?;
                self.chain(session, dot, value, At::Word(word), fields, &[], None)?
            }
            Word::Pipe(pipe) => self.pipe(session, dot, pipe)?,
            Word::Identifier { function, .. } => {
                self.call(session, dot, function.entry(), None, At::Word(word), &[], None)?
            }
            Word::Chain(chain) => {
                let receiver = self.chain_receiver(session, dot, word, chain)?;
                self.chain(session, dot, receiver, At::Word(word), &chain.fields, &[], None)?
            }
            Word::Bool(..) | Word::Number(_) | Word::String { .. } => {
                return self.literal(wanted.unwrap_or(Type::Any), word);
            }
        };
        match wanted {
            Some(wanted) => self.validate(value, wanted),
            None => Ok(value),
        }
    }

    fn literal(&self, wanted: Type, word: &Word) -> Run<Value> {
        let data = match (wanted, word) {
            (Type::Any | Type::Reflect, Word::Number(number)) => return self.constant(number),
            (Type::Any | Type::Reflect | Type::Bool, Word::Bool(_, truth)) => Some(Data::Bool(*truth)),
            (Type::Any | Type::Reflect | Type::String, Word::String { value, .. }) => {
                return Ok(value.clone());
            }
            (Type::Int, Word::Number(number)) => number.int.map(Data::Int),
            (Type::Duration, Word::Number(number)) => number.int.map(Data::Int64),
            (Type::Uint32, Word::Number(number)) => number.uint.map(Data::Uint64),
            (Type::Float, Word::Number(number)) => number.float.map(Data::Float),
            _ => None,
        };
        if let Some(data) = data {
            return Ok(Value::new(data, Origins::NONE));
        }
        let mut show = Show::new();
        show.word(word);
        let shown = String::from_utf8_lossy(&show.out).into_owned();
        Err(self.fault(match wanted {
            Type::Bool => format!("expected bool; found {shown}"),
            Type::String => format!("expected string; found {shown}"),
            Type::Int | Type::Duration => format!("expected integer; found {shown}"),
            Type::Uint32 => format!("expected unsigned integer; found {shown}"),
            Type::Float => format!("expected float; found {shown}"),
            _ => format!("can't handle {shown} for arg of type {}", wanted.name()),
        }))
    }

    // `include` and `tpl`.

    fn include(&self, session: &mut Session<'_>, arguments: &[Value]) -> Run<Value> {
        let [name, data] = arguments else { return Ok(Value::ABSENT) };
        let Some(name) = name.as_text() else { return Ok(Value::ABSENT) };
        match session.includes.get_mut(name.bytes()) {
            Some(nested) if *nested > MAX_INCLUDES => {
                let name = name.to_str();
                return Err(Fault::new(format!(
                    "rendering template has a nested reference name: {name}: unable to execute template"
                )));
            }
            Some(nested) => *nested += 1,
            None => {
                session.includes.insert(name.bytes().to_vec(), 1);
            }
        }
        let trail = self.entered(session);
        let data = as_interface(data);
        let text = execute(session, self.scope, name.bytes(), &data, trail);
        if let Some(nested) = session.includes.get_mut(name.bytes()) {
            *nested -= 1;
        }
        text.map(Value::from)
    }

    fn tpl(&self, session: &mut Session<'_>, arguments: &[Value]) -> Run<Value> {
        let [text, data] = arguments else { return Ok(Value::ABSENT) };
        let Some(text) = text.as_text() else { return Ok(Value::ABSENT) };
        if memchr::memmem::find(text.bytes(), b"{{").is_none() {
            return Ok(without_no_value(text).into());
        }
        let trail = self.entered(session);
        let content = Content::Value { text: text.clone(), at: self.action };
        let file = Arc::new(File { name: "gotpl".to_owned(), content });
        let shown = || String::from_utf8_lossy(&quote::quote(text.bytes())).into_owned();
        let templates =
            session.read(&file).and_then(|read| read.named(&file, b"gotpl")).map_err(|error| {
                let message = format!(
                    "cannot parse template {}: template: gotpl:{}: {}",
                    shown(),
                    error.line,
                    error.message
                );
                let mut fault = Fault::new(message);
                fault.values = text.origins();
                fault
            })?;
        let mut scope = Scope { own: BTreeMap::new(), outer: Some(self.scope) };
        let mut main = None;
        for template in templates {
            if template.name == b"gotpl" {
                main = Some(template);
            } else {
                scope.enter(template);
            }
        }
        let Some(main) = main else { return Ok(Text::empty().into()) };
        let data = as_interface(data);
        let done = execute_template(session, &scope, &main, &data, trail).map_err(|mut fault| {
            fault.message = format!("error during tpl function execution for {}: {}", shown(), fault.message);
            fault.values = fault.values.union(&text.origins());
            fault
        })?;
        Ok(without_no_value(&done).into())
    }
}

/// True for a function that puts its arguments into a map or a list.
fn stores(name: &str) -> bool {
    matches!(name, "set" | "dict" | "list" | "append" | "mustAppend" | "prepend" | "mustPrepend")
}

/// True for what an action prints of a value that is not there.
fn says_nothing(text: &[u8]) -> bool {
    text.len() < 100 && matches!(text.trim_ascii(), b"" | b"<no value>" | b"null" | b"\"\"" | b"''")
}

/// The field that a pipeline prints, where nothing but functions follow that leave a nil what it is.
fn printed_field(pipe: &Pipe) -> Option<&Word> {
    const SHAPING: [&str; 11] = [
        "quote", "squote", "toString", "toYaml", "toJson", "indent", "nindent", "trim", "upper", "lower",
        "b64enc",
    ];
    let shapes = |command: &Command| match command.words.first() {
        Some(Word::Identifier { function, .. }) => SHAPING.contains(&function.name()),
        _ => false,
    };
    let (first, rest) = pipe.commands.split_first()?;
    let word = match first.words.as_slice() {
        [word] => word,
        [Word::Identifier { .. }, word] if shapes(first) => word,
        _ => return None,
    };
    rest.iter().all(shapes).then_some(word)
}

/// A value that went through an `interface{}`: a nil is no value at all afterwards.
fn as_interface(value: &Value) -> Value {
    match value.data {
        Data::Nil => Value::new(Data::Absent, value.origins.clone()),
        _ => value.clone(),
    }
}

/// The result of a function that mixes its arguments: the places of all of them are behind it.
fn mixed(value: Value, arguments: &[Value]) -> Value {
    let origins = arguments.iter().fold(Origins::NONE, |sum, argument| sum.union(&argument.origins()));
    if origins.is_none() {
        return value;
    }
    if let Data::List(list) = &value.data
        && !list.is_nil()
    {
        let items = list.items().iter().map(|item| item.clone().with_origins(&origins)).collect();
        let list = crate::helm::value::List::of(list.element(), items);
        return Value::new(Data::List(list), origins);
    }
    value.with_origins(&origins)
}

/// Removes `<no value>`, as Helm does with every file and every result of `tpl`.
pub(crate) fn without_no_value(text: &Text) -> Text {
    const NO_VALUE: &[u8] = b"<no value>";
    if memchr::memmem::find(text.bytes(), NO_VALUE).is_none() {
        return text.clone();
    }
    let mut out = TextBuilder::with_capacity(text.len());
    let mut start = 0;
    for found in memchr::memmem::find_iter(text.bytes(), NO_VALUE) {
        out.push_part(text, start..found);
        start = found + NO_VALUE.len();
    }
    out.push_part(text, start..text.len());
    out.finish()
}
