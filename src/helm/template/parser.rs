//! Tokens to templates.

use std::sync::Arc;

use crate::helm::HelmVersion;
use crate::helm::functions;
use crate::helm::go::numbers;
use crate::helm::go::quote;
use crate::helm::template::ast::Action;
use crate::helm::template::ast::Branch;
use crate::helm::template::ast::Call;
use crate::helm::template::ast::Chain;
use crate::helm::template::ast::Command;
use crate::helm::template::ast::Fields;
use crate::helm::template::ast::File;
use crate::helm::template::ast::Node;
use crate::helm::template::ast::Number;
use crate::helm::template::ast::Pipe;
use crate::helm::template::ast::Quoted;
use crate::helm::template::ast::Template;
use crate::helm::template::ast::Word;
use crate::helm::template::lexer::Kind;
use crate::helm::template::lexer::Lexer;
use crate::helm::template::lexer::Token;
use crate::helm::template::show::Show;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::part;
use crate::helm::value::Data;
use crate::helm::value::Key;
use crate::helm::value::Value;
use crate::yaml::truncated;

/// Parentheses and control structures nested deeper than this are refused.
const MAX_DEPTH: usize = 400;

/// Why a text does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    /// What Go says, without file and line.
    pub(crate) message: String,
    /// Where in the text.
    pub(crate) at: usize,
    /// The line Go names, from 1.
    pub(crate) line: usize,
    /// True where it is our own limit, not Go's.
    pub(crate) limit: bool,
}

/// A text that was read: what it says, whatever file it stands in.
#[derive(Debug)]
pub(crate) struct Unnamed {
    definitions: Vec<(Vec<u8>, Body)>,
    main: Body,
    end: usize,
}

#[derive(Debug)]
struct Body {
    nodes: Arc<[Node]>,
    at: usize,
}

impl Body {
    fn named(&self, name: &[u8], file: &Arc<File>) -> Template {
        Template { name: name.to_vec(), file: Arc::clone(file), body: Arc::clone(&self.nodes), at: self.at }
    }
}

impl Unnamed {
    /// The templates of the text as that of `file`, in the order in which Go enters them: definitions first, the text
    /// itself as `name`.
    pub(crate) fn named(&self, file: &Arc<File>, name: &[u8]) -> Result<Vec<Template>, ParseError> {
        let definitions = self.definitions.iter().map(|(name, body)| body.named(name, file));
        let mut templates: Vec<Template> = definitions.collect();
        let main = self.main.named(name, file);
        match templates.iter_mut().find(|known| known.name == name) {
            None => templates.push(main),
            Some(known) if known.is_empty() => *known = main,
            Some(_) if main.is_empty() => {}
            Some(_) => {
                let line = line(file.bytes(), self.end);
                return Err(ParseError { message: defined_twice(name), at: self.end, line, limit: false });
            }
        }
        Ok(templates)
    }
}

fn defined_twice(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(&quote::quote(name)).into_owned();
    format!("template: multiple definition of template {name}")
}

/// The line of an offset, from 1.
fn line(input: &[u8], at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', part(input, 0..at)).count()
}

/// Reads the text of a file.
pub(crate) fn parse(file: &Arc<File>, helm: HelmVersion) -> Result<Unnamed, ParseError> {
    let mut parser = Parser {
        helm,
        input: file.bytes(),
        file,
        lexer: Lexer::new(file.bytes()),
        token: [END; 3],
        peeked: 0,
        variables: vec![b"$".as_slice().into()],
        action: None,
        ranges: 0,
        depth: 0,
        nodes: Vec::new(),
        commands: Vec::new(),
        words: Vec::new(),
        done: Vec::new(),
    };
    let main = parser.text()?;
    let end = parser.token.first().map_or(0, |token| token.start);
    let definitions = parser.done.into_iter().map(|template| {
        let body = Body { nodes: template.body, at: template.at };
        (template.name, body)
    });
    Ok(Unnamed { definitions: definitions.collect(), main, end })
}

const END: Token = Token { kind: Kind::End, start: 0, end: 0 };

struct Parser<'t> {
    helm: HelmVersion,
    input: &'t [u8],
    file: &'t Arc<File>,
    lexer: Lexer<'t>,
    token: [Token; 3],
    peeked: usize,
    variables: Vec<Key>,
    /// Where the action being read starts, for messages.
    action: Option<usize>,
    ranges: usize,
    depth: usize,
    /// What belongs to the lists, the pipelines and the commands being read, inner ones last.
    nodes: Vec<Node>,
    commands: Vec<Command>,
    words: Vec<Word>,
    done: Vec<Template>,
}

/// What a list of nodes ended with.
enum Ended {
    End,
    Else { at: usize },
}

enum Parsed {
    Node(Node),
    Ended(Ended),
}

type Parse<T> = Result<T, ParseError>;

impl<'t> Parser<'t> {
    fn bytes(&self, token: &Token) -> &'t [u8] {
        part(self.input, token.start..token.end)
    }

    fn line(&self, at: usize) -> usize {
        line(self.input, at)
    }

    fn next(&mut self) -> Token {
        if self.peeked > 0 {
            self.peeked -= 1;
        } else {
            let token = self.lexer.next();
            if let Some(first) = self.token.first_mut() {
                *first = token;
            }
        }
        self.token.get(self.peeked).copied().unwrap_or(END)
    }

    fn backup(&mut self) {
        self.peeked += 1;
    }

    fn backup_with(&mut self, before: Token) {
        let [_, second, _] = &mut self.token;
        *second = before;
        self.peeked = 2;
    }

    fn backup_with_two(&mut self, first: Token, second: Token) {
        let [_, nearer, farther] = &mut self.token;
        *nearer = second;
        *farther = first;
        self.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        let token = self.next();
        self.backup();
        token
    }

    fn next_word(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_word(&mut self) -> Token {
        let token = self.next_word();
        self.backup();
        token
    }

    fn fail<T>(&self, message: impl Into<String>) -> Parse<T> {
        let at = self.token.first().map_or(0, |token| token.start);
        Err(ParseError { message: message.into(), at, line: self.line(at), limit: false })
    }

    fn deeper(&mut self) -> Parse<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let at = self.token.first().map_or(0, |token| token.start);
            let message = format!("actions nested deeper than {MAX_DEPTH} levels are not read");
            return Err(ParseError { message, at, line: self.line(at), limit: true });
        }
        Ok(())
    }

    fn describe(&self, token: &Token) -> String {
        let text = self.bytes(token);
        match token.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error => self.lexer.failure().to_owned(),
            kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(text)),
            _ if text.len() > 10 => {
                let cut = quote::quote(crate::helm::go::print::first_characters(text, 10));
                format!("{}...", String::from_utf8_lossy(&cut))
            }
            _ => String::from_utf8_lossy(&quote::quote(text)).into_owned(),
        }
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Parse<T> {
        if token.kind == Kind::Error {
            let failure = self.lexer.failure();
            let mut extra = String::new();
            let started = self.action.map(|start| self.line(start));
            if let Some(started) = started.filter(|started| *started != self.line(token.start)) {
                let file = &self.file.name;
                extra = format!(" in action started at {file}:{started}");
                if failure.ends_with(" action") {
                    extra = extra.replacen(" in action", "", 1);
                }
            }
            return self.fail(format!("{failure}{extra}"));
        }
        self.fail(format!("unexpected {} in {context}", self.describe(token)))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parse<Token> {
        let token = self.next_word();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    /// The whole text: definitions are entered as they come, the rest is returned.
    fn text(&mut self) -> Parse<Body> {
        let at = self.peek().start;
        let mut body = Vec::new();
        loop {
            let token = self.peek();
            if token.kind == Kind::End {
                break;
            }
            if token.kind == Kind::LeftDelimiter {
                let delimiter = self.next();
                if self.next_word().kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.backup_with(delimiter);
            }
            match self.text_or_action()? {
                Parsed::Node(node) => body.push(node),
                Parsed::Ended(Ended::End) => return self.fail("unexpected {{end}}"),
                Parsed::Ended(Ended::Else { .. }) => return self.fail("unexpected {{else}}"),
            }
        }
        Ok(Body { nodes: body.into(), at })
    }

    fn enter(&mut self, name: Vec<u8>, body: Vec<Node>, at: usize) -> Parse<()> {
        let template = Template { name, file: Arc::clone(self.file), body: body.into(), at };
        if let Some(known) = self.done.iter_mut().find(|known| known.name == template.name) {
            if known.is_empty() {
                *known = template;
            } else if !template.is_empty() {
                return self.fail(defined_twice(&template.name));
            }
            return Ok(());
        }
        self.done.push(template);
        Ok(())
    }

    fn string(&self, token: &Token) -> Parse<Vec<u8>> {
        quote::unquote(self.bytes(token)).map_or_else(|| self.fail("invalid syntax"), Ok)
    }

    fn definition(&mut self) -> Parse<()> {
        let context = "define clause";
        let token = self.next_word();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(&token, context);
        }
        let name = self.string(&token)?;
        self.expect(Kind::RightDelimiter, context)?;
        let (at, body, ended) = self.own_list()?;
        if let Ended::Else { .. } = ended {
            return self.fail(format!("unexpected {{{{else}}}} in {context}"));
        }
        self.enter(name, body, at)
    }

    /// The body of a definition, which sees no variable but `$`.
    fn own_list(&mut self) -> Parse<(usize, Vec<Node>, Ended)> {
        let variables = std::mem::replace(&mut self.variables, vec![b"$".as_slice().into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let action = self.action.take();
        let at = self.peek_word().start;
        let (body, ended) = self.list()?;
        self.variables = variables;
        self.ranges = ranges;
        self.action = action;
        Ok((at, body, ended))
    }

    fn list(&mut self) -> Parse<(Vec<Node>, Ended)> {
        self.deeper()?;
        let first = self.nodes.len();
        while self.peek_word().kind != Kind::End {
            match self.text_or_action()? {
                Parsed::Node(node) => self.nodes.push(node),
                Parsed::Ended(ended) => {
                    self.depth -= 1;
                    return Ok((self.nodes.drain(first..).collect(), ended));
                }
            }
        }
        self.fail("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Parse<Parsed> {
        let token = self.next_word();
        match token.kind {
            Kind::Text => Ok(Parsed::Node(Node::Text(token.start..token.end))),
            Kind::LeftDelimiter => {
                self.action = Some(token.start);
                let parsed = self.action(token.start);
                self.action = None;
                parsed
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    /// The range of an action that has just been read to its closing delimiter.
    fn to_here(&self, start: usize) -> std::ops::Range<usize> {
        start..self.token.first().map_or(start, |token| token.end.max(start))
    }

    fn action(&mut self, start: usize) -> Parse<Parsed> {
        let token = self.next_word();
        let node = match token.kind {
            Kind::Block => self.block(start)?,
            Kind::Break | Kind::Continue => {
                let name = if token.kind == Kind::Break { "{{break}}" } else { "{{continue}}" };
                let close = self.next_word();
                if close.kind != Kind::RightDelimiter {
                    return self.unexpected(&close, name);
                }
                if self.ranges == 0 {
                    return self.fail(format!("{name} outside {{{{range}}}}"));
                }
                if token.kind == Kind::Break { Node::Break(token.start) } else { Node::Continue(token.start) }
            }
            Kind::Else => {
                let next = self.peek_word();
                if !matches!(next.kind, Kind::If | Kind::With) {
                    self.expect(Kind::RightDelimiter, "else")?;
                }
                return Ok(Parsed::Ended(Ended::Else { at: next.start }));
            }
            Kind::EndKeyword => {
                self.expect(Kind::RightDelimiter, "end")?;
                return Ok(Parsed::Ended(Ended::End));
            }
            Kind::If => Node::If(self.branch(start, "if")?),
            Kind::With => Node::With(self.branch(start, "with")?),
            Kind::Range => Node::Range(self.branch(start, "range")?),
            Kind::Template => {
                let context = "template clause";
                let token = self.next_word();
                let name = self.template_name(&token, context)?;
                let pipe = if self.next_word().kind == Kind::RightDelimiter {
                    None
                } else {
                    self.backup();
                    Some(self.pipe(context, Kind::RightDelimiter)?)
                };
                Node::Template(Call { at: token.start, range: self.to_here(start), name, pipe })
            }
            _ => {
                self.backup();
                let at = self.peek().start;
                let pipe = self.pipe("command", Kind::RightDelimiter)?;
                Node::Action(Action { at, range: self.to_here(start), pipe })
            }
        };
        Ok(Parsed::Node(node))
    }

    fn template_name(&mut self, token: &Token, context: &str) -> Parse<Vec<u8>> {
        match token.kind {
            Kind::String | Kind::RawString => self.string(token),
            _ => self.unexpected(token, context),
        }
    }

    fn block(&mut self, start: usize) -> Parse<Node> {
        let context = "block clause";
        let token = self.next_word();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipe(context, Kind::RightDelimiter)?;
        let range = self.to_here(start);
        let (at, body, ended) = self.own_list()?;
        if let Ended::Else { .. } = ended {
            return self.fail(format!("unexpected {{{{else}}}} in {context}"));
        }
        self.enter(name.clone(), body, at)?;
        Ok(Node::Template(Call { at: token.start, range, name, pipe: Some(pipe) }))
    }

    fn branch(&mut self, start: usize, context: &str) -> Parse<Branch> {
        self.deeper()?;
        let outer = self.variables.len();
        let pipe = self.pipe(context, Kind::RightDelimiter)?;
        let range = self.to_here(start);
        let in_range = context == "range";
        self.ranges += usize::from(in_range);
        let (body, mut ended) = self.list()?;
        self.ranges -= usize::from(in_range);
        let mut otherwise = None;
        if let Ended::Else { at } = ended {
            let next = self.peek();
            if context == "if" && next.kind == Kind::If {
                self.next();
                otherwise = Some(vec![Node::If(self.branch(at, "if")?)]);
            } else if context == "with" && next.kind == Kind::With {
                self.next();
                otherwise = Some(vec![Node::With(self.branch(at, "with")?)]);
            } else {
                let nodes;
                (nodes, ended) = self.list()?;
                otherwise = Some(nodes);
                if let Ended::Else { .. } = ended {
                    return self.fail("expected end; found {{else}}");
                }
            }
        }
        self.variables.truncate(outer);
        self.depth -= 1;
        Ok(Branch { range, pipe, body, otherwise })
    }

    fn pipe(&mut self, context: &str, close: Kind) -> Parse<Pipe> {
        self.deeper()?;
        let at = self.peek_word().start;
        let mut pipe = Pipe { at, assigns: false, declared: Vec::new(), commands: Vec::new() };
        let first = self.commands.len();
        loop {
            let variable = self.peek_word();
            if variable.kind != Kind::Variable {
                break;
            }
            self.next();
            let after = self.peek();
            let next = self.peek_word();
            let comma = next.kind == Kind::Char && self.bytes(&next) == b",";
            if matches!(next.kind, Kind::Assign | Kind::Declare) {
                pipe.assigns = next.kind == Kind::Assign;
                self.next_word();
                self.declare(&mut pipe, &variable);
            } else if comma {
                self.next_word();
                self.declare(&mut pipe, &variable);
                if context == "range" && pipe.declared.len() < 2 {
                    match self.peek_word().kind {
                        Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis => continue,
                        _ => return self.fail("range can only initialize variables"),
                    }
                }
                return self.fail(format!("too many declarations in {context}"));
            } else if after.kind == Kind::Space {
                self.backup_with_two(variable, after);
            } else {
                self.backup_with(variable);
            }
            break;
        }
        loop {
            let token = self.next_word();
            match token.kind {
                kind if kind == close => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParenthesis => {
                    self.backup();
                    let command = self.command()?;
                    self.commands.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
        pipe.commands = self.commands.drain(first..).collect();
        if pipe.commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        for (at, command) in pipe.commands.iter().enumerate().skip(1) {
            let inert = matches!(
                command.words.first(),
                Some(Word::Bool(..) | Word::Dot(_) | Word::Nil(_) | Word::Number(_) | Word::String { .. })
            );
            if inert {
                return self.fail(format!("non executable command in pipeline stage {}", at + 1));
            }
        }
        self.depth -= 1;
        Ok(pipe)
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: &Token) {
        let name: Key = self.bytes(variable).into();
        pipe.declared.push(Arc::clone(&name));
        self.variables.push(name);
    }

    fn command(&mut self) -> Parse<Command> {
        let at = self.peek_word().start;
        let first = self.words.len();
        loop {
            self.peek_word();
            if let Some(word) = self.operand()? {
                self.words.push(word);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    self.backup();
                    break;
                }
                Kind::Pipe => break,
                _ => return self.unexpected(&token, "operand"),
            }
        }
        if self.words.len() == first {
            return self.fail("empty command");
        }
        Ok(Command { at, words: self.words.drain(first..).collect() })
    }

    fn operand(&mut self) -> Parse<Option<Word>> {
        let Some(word) = self.term()? else { return Ok(None) };
        let Some((at, end)) = self.fields() else { return Ok(Some(word)) };
        let fields = Fields::new(part(self.input, at..end));
        Ok(Some(match word {
            Word::Variable { name, .. } => Word::Variable { at, name, fields },
            Word::Bool(..) | Word::String { .. } | Word::Number(_) | Word::Nil(_) | Word::Dot(_) => {
                let mut show = Show::new();
                show.word(&word);
                let shown = String::from_utf8_lossy(&quote::quote(&show.out)).into_owned();
                return self.fail(format!("unexpected . after term {shown}"));
            }
            Word::Identifier { .. } | Word::Pipe(_) | Word::Chain(_) | Word::Field { .. } => {
                Word::Chain(Box::new(Chain { at, word, fields }))
            }
        }))
    }

    /// Where the fields that follow start and end, if any do.
    fn fields(&mut self) -> Option<(usize, usize)> {
        let first = self.peek();
        let mut end = None;
        while self.peek().kind == Kind::Field {
            end = Some(self.next().end);
        }
        end.map(|end| (first.start, end))
    }

    fn term(&mut self) -> Parse<Option<Word>> {
        let token = self.next_word();
        let at = token.start;
        let text = self.bytes(&token);
        Ok(Some(match token.kind {
            Kind::Identifier => {
                let Some(function) = functions::find(text, self.helm) else {
                    let shown = String::from_utf8_lossy(&quote::quote(text)).into_owned();
                    return self.fail(format!("function {shown} not defined"));
                };
                Word::Identifier { at, function }
            }
            Kind::Dot => Word::Dot(at),
            Kind::Nil => Word::Nil(at),
            Kind::Variable => {
                let Some(name) = self.variables.iter().rev().find(|known| ***known == *text) else {
                    let shown = String::from_utf8_lossy(&quote::quote(text)).into_owned();
                    return self.fail(format!("undefined variable {shown}"));
                };
                Word::Variable { at, name: Arc::clone(name), fields: Fields::default() }
            }
            Kind::Field => {
                // Of several, the place is that of the second.
                let start = at;
                let (at, end) = self.fields().unwrap_or((start, token.end));
                Word::Field { at, fields: Fields::new(part(self.input, start..end)) }
            }
            Kind::Bool => Word::Bool(at, text == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => match number(text, token.kind) {
                Ok(number) => Word::Number(Box::new(Number { at, text: text.to_vec(), ..number })),
                Err(message) => return self.fail(message),
            },
            Kind::LeftParenthesis => {
                Word::Pipe(Box::new(self.pipe("parenthesized pipeline", Kind::RightParenthesis)?))
            }
            Kind::String | Kind::RawString => {
                let value = self.string(&token)?;
                let quoted = match text {
                    [quote, inner @ .., _] if *inner == *value => Quoted::Between(*quote),
                    _ => Quoted::As(text.to_vec()),
                };
                let value = Value::new(Data::String(Text::plain(value)), Origins::NONE);
                Word::String { at, quoted, value }
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        }))
    }
}

fn number(text: &[u8], kind: Kind) -> Result<Number, String> {
    let shown = || String::from_utf8_lossy(&quote::quote(text)).into_owned();
    if kind == Kind::CharConstant {
        let read = text
            .split_first()
            .and_then(|(delimiter, rest)| quote::unquote_character(rest, *delimiter, &mut Vec::new()));
        let Some((code, tail)) = read else { return Err("invalid syntax".to_owned()) };
        if tail != b"'" {
            return Err(format!("malformed character constant: {}", String::from_utf8_lossy(text)));
        }
        return Ok(Number {
            int: Some(code.into()),
            uint: Some(code.into()),
            float: Some(code.into()),
            ..Number::default()
        });
    }
    if kind == Kind::Complex {
        let mut split = text.iter().enumerate().skip(1).filter(|(at, byte)| {
            let exponent = text.get(at - 1).is_some_and(|before| matches!(before, b'e' | b'E' | b'p' | b'P'));
            matches!(byte, b'+' | b'-') && !exponent
        });
        let Some((at, _)) = split.next_back() else {
            return Err("syntax error scanning complex number".to_owned());
        };
        let real = numbers::parse_float(part(text, 0..at));
        let imaginary = numbers::parse_float(part(text, at..text.len() - 1));
        return match (real, imaginary) {
            (Ok(real), Ok(imaginary)) => Ok(complex(real, imaginary)),
            _ => Err("syntax error scanning complex number".to_owned()),
        };
    }
    if let Some(digits) = text.strip_suffix(b"i")
        && let Ok(imaginary) = numbers::parse_float(digits)
    {
        return Ok(complex(0.0, imaginary));
    }
    let mut number = Number { uint: numbers::parse_uint(text).ok(), ..Number::default() };
    if let Ok(int) = numbers::parse_int(text) {
        number.int = Some(int);
        if int == 0 {
            number.uint = Some(0);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rounding to nearest is what Go does")]
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Ok(float) = numbers::parse_float(text) {
        if !text.iter().any(|byte| b".eEpP".contains(byte)) {
            return Err(format!("integer overflow: {}", shown()));
        }
        number.float = Some(float);
        let int = truncated(float);
        if numbers::to_float(int).to_bits() == float.to_bits() || float == 0.0 {
            number.int = Some(int);
            number.uint = u64::try_from(int).ok();
        }
    }
    if number.float.is_none() {
        return Err(format!("illegal number syntax: {}", shown()));
    }
    Ok(number)
}

fn complex(real: f64, imaginary: f64) -> Number {
    let mut number = Number { complex: Some((real, imaginary)), ..Number::default() };
    if imaginary == 0.0 {
        number.float = Some(real);
        let int = truncated(real);
        if numbers::to_float(int).to_bits() == real.to_bits() {
            number.int = Some(int);
            number.uint = u64::try_from(int).ok();
        }
    }
    number
}
