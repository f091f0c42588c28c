//! From the text of a script to its commands.

use std::ops::Range;

use crate::discover::shell::Piece;
use crate::discover::shell::Word;

/// One simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::discover) struct Command {
    /// `NAME=value` in front of the command, or alone.
    pub(in crate::discover) assignments: Vec<(String, Word)>,
    /// The program and its arguments; redirections are left out.
    pub(in crate::discover) words: Vec<Word>,
    /// Where it stands, from its first word to its last.
    pub(in crate::discover) range: Range<usize>,
    /// The inside of the here-document it reads.
    pub(in crate::discover) document: Option<Range<usize>>,
    /// True where its output goes to the next command.
    pub(in crate::discover) piped: bool,
}

/// What a script is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::discover) enum Item {
    /// A command.
    Command(Command),
    /// `(`: what follows changes no folder and no variable outside.
    Enter,
    /// `)`
    Leave,
}

/// Words that stand in front of a command and are not one.
const KEYWORDS: [&str; 15] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "!", "{", "}", "time",
    "function",
];

/// The commands of a script, in order. Total and linear: what is not understood is left out.
pub(in crate::discover) fn read(text: &str) -> Vec<Item> {
    let mut reader = Reader::new(text, 0);
    reader.run();
    reader.items
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    items: Vec<Item>,
    command: Command,
    /// Here-documents that start on the next line: the end word, whether tabs in front of it count, and the index of
    /// the command (`None`: the one being read).
    documents: Vec<(String, bool, Option<usize>)>,
    /// How many fallbacks this text is nested in.
    depth: u8,
}

/// A fallback within more fallbacks than this is not read.
const MAX_DEPTH: u8 = 4;

impl<'t> Reader<'t> {
    fn new(text: &'t str, depth: u8) -> Self {
        let (items, documents) = (Vec::new(), Vec::new());
        Self { text, at: 0, items, command: Command::default(), documents, depth }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(prefix))
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn run(&mut self) {
        while let Some(letter) = self.peek() {
            match letter {
                '\n' => {
                    self.at += 1;
                    self.finish(false);
                    self.skip_documents();
                }
                ' ' | '\t' | '\r' => self.at += 1,
                '\\' if self.starts_with("\\\n") => self.at += 2,
                '\\' if self.starts_with("\\\r\n") => self.at += 3,
                '#' => self.skip_line(),
                ';' => {
                    self.at += 1;
                    self.finish(false);
                }
                '&' if self.starts_with("&>") => {
                    self.at += 2;
                    self.redirection();
                }
                '&' | '|' => {
                    self.at += 1;
                    let doubled = self.peek() == Some(letter);
                    if doubled || self.starts_with("&") {
                        self.at += 1;
                    }
                    self.finish(letter == '|' && !doubled);
                }
                '(' => {
                    self.at += 1;
                    self.finish(false);
                    self.items.push(Item::Enter);
                }
                ')' => {
                    self.at += 1;
                    self.finish(false);
                    self.items.push(Item::Leave);
                }
                '<' | '>' => self.redirection(),
                _ => self.word_of_command(),
            }
        }
        self.finish(false);
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// Ends the command being read.
    fn finish(&mut self, piped: bool) {
        let mut command = std::mem::take(&mut self.command);
        let index = self.items.len();
        if command.words.is_empty() && command.assignments.is_empty() {
            return;
        }
        command.piped = piped;
        for document in &mut self.documents {
            document.2.get_or_insert(index);
        }
        self.items.push(Item::Command(command));
    }

    /// Passes over the here-documents of the line that just ended, and gives them to their commands.
    fn skip_documents(&mut self) {
        for (end, tabs, command) in std::mem::take(&mut self.documents) {
            let begin = self.at;
            let mut stop = self.text.len();
            while self.at < self.text.len() {
                let line_start = self.at;
                self.skip_line();
                let line = self.text.get(line_start..self.at).unwrap_or_default().trim_end_matches('\r');
                self.at = (self.at + 1).min(self.text.len());
                if (if tabs { line.trim_start_matches('\t') } else { line }) == end {
                    stop = line_start;
                    break;
                }
            }
            if let Some(Item::Command(command)) = command.and_then(|index| self.items.get_mut(index)) {
                command.document = Some(begin..stop.max(begin));
            }
        }
    }

    /// `> file`, `2>&1`, `<<EOF`, `<<< word`.
    fn redirection(&mut self) {
        if self.starts_with("<<<") {
            self.at += 3;
        } else if self.starts_with("<<") {
            self.at += 2;
            let tabs = self.peek() == Some('-');
            if tabs {
                self.at += 1;
            }
            self.skip_blanks();
            let word = self.word();
            // The end word is text as written; a `$` in it is no variable.
            let raw = self.text.get(word.range.clone()).unwrap_or_default();
            let end: String = raw.chars().filter(|letter| !matches!(letter, '\'' | '"' | '\\')).collect();
            if !end.is_empty() {
                self.documents.push((end, tabs, None));
            }
            return;
        } else {
            while matches!(self.peek(), Some('<' | '>' | '&' | '|')) {
                self.at += 1;
            }
        }
        self.skip_blanks();
        if !matches!(self.peek(), None | Some('\n' | ';' | '(' | ')' | '<' | '>' | '|' | '&')) {
            self.word();
        } else if self.peek() == Some('(') {
            // A process substitution: its command is read as one of its own.
        }
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
    }

    fn word_of_command(&mut self) {
        let start = self.at;
        let mut word = self.word();
        if self.at == start {
            // A character that starts no word.
            self.next();
            return;
        }
        // `2>file`: the number is no word.
        if !word.quoted
            && matches!(self.peek(), Some('<' | '>'))
            && word.start().bytes().all(|byte| byte.is_ascii_digit())
        {
            return;
        }
        if self.command.words.is_empty() {
            let literal = word.literal().unwrap_or_default();
            if !word.quoted && self.command.assignments.is_empty() && KEYWORDS.contains(&literal.as_str()) {
                return;
            }
            let assigned = assignment(&word);
            if let Some((name, value)) = assigned {
                self.grow(&word.range);
                if value.pieces.is_empty() && self.peek() == Some('(') {
                    // An array: `ARGS=(…)`; its words are decided at run time for us.
                    self.skip_parentheses();
                    word = Word { pieces: vec![Piece::Open], range: word.range, quoted: true };
                    self.command.assignments.push((name, word));
                    return;
                }
                self.command.assignments.push((name, value));
                return;
            }
        }
        self.grow(&word.range);
        self.command.words.push(word);
    }

    fn grow(&mut self, range: &Range<usize>) {
        if self.command.words.is_empty() && self.command.assignments.is_empty() {
            self.command.range.start = range.start;
        }
        self.command.range.end = range.end;
    }

    fn skip_parentheses(&mut self) {
        let mut depth = 0_usize;
        while let Some(letter) = self.next() {
            match letter {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                '\\' => {
                    self.next();
                }
                '\'' => self.skip_to('\''),
                '"' => self.skip_quoted(),
                _ => {}
            }
        }
    }

    fn skip_to(&mut self, end: char) {
        while let Some(letter) = self.next() {
            if letter == end {
                return;
            }
        }
    }

    fn skip_quoted(&mut self) {
        while let Some(letter) = self.next() {
            match letter {
                '\\' => {
                    self.next();
                }
                '"' => return,
                _ => {}
            }
        }
    }

    /// Reads one word; ends in front of a blank or an operator.
    fn word(&mut self) -> Word {
        let mut word = Word { range: self.at..self.at, ..Word::default() };
        let mut quoted = false;
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.at += 1;
                    quoted = !quoted;
                    word.quoted = true;
                }
                '\'' if !quoted => {
                    self.at += 1;
                    word.quoted = true;
                    let start = self.at;
                    self.skip_to('\'');
                    let end = if self.text.get(..self.at).is_some_and(|text| text.ends_with('\'')) {
                        self.at - 1
                    } else {
                        self.at
                    };
                    for letter in self.text.get(start..end.max(start)).unwrap_or_default().chars() {
                        word.push_char(letter);
                    }
                }
                '\\' => self.escape(&mut word, quoted),
                '$' => self.dollar(&mut word),
                '`' => {
                    self.at += 1;
                    let start = self.at;
                    self.skip_to('`');
                    let inside = self.text.get(start..self.at).unwrap_or_default().trim_end_matches('`');
                    word.pieces.push(Piece::Output(inside.to_owned()));
                }
                _ if quoted => {
                    self.at += letter.len_utf8();
                    word.push_char(letter);
                }
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '*' | '?' => {
                    self.at += 1;
                    word.pieces.push(Piece::Open);
                }
                _ => {
                    self.at += letter.len_utf8();
                    word.push_char(letter);
                }
            }
        }
        word.range.end = self.at;
        word
    }

    fn escape(&mut self, word: &mut Word, quoted: bool) {
        self.at += 1;
        match self.peek() {
            Some('\r') if self.starts_with("\r\n") => self.at += 2,
            Some('\n') => self.at += 1,
            Some(letter) => {
                if quoted && !matches!(letter, '$' | '`' | '"' | '\\') {
                    word.push_char('\\');
                }
                self.at += letter.len_utf8();
                word.push_char(letter);
            }
            None => word.push_char('\\'),
        }
    }

    /// A variable, an expression of a workflow, the output of a command.
    fn dollar(&mut self, word: &mut Word) {
        self.at += 1;
        if self.starts_with("{{") {
            let start = self.at + 2;
            let Some(length) = self.text.get(start..).and_then(|rest| rest.find("}}")) else {
                self.at = self.text.len();
                word.pieces.push(Piece::Open);
                return;
            };
            let inside = self.text.get(start..start + length).unwrap_or_default();
            self.at = start + length + 2;
            word.pieces.push(expression(inside));
            return;
        }
        match self.peek() {
            Some('{') => {
                self.at += 1;
                let start = self.at;
                self.skip_braces();
                let inside = self.text.get(start..self.at).unwrap_or_default();
                let inside = inside.strip_suffix('}').unwrap_or(inside);
                word.pieces.push(parameter(inside, self.depth));
            }
            Some('(') => {
                let start = self.at + 1;
                self.skip_parentheses();
                let inside = self.text.get(start..self.at).unwrap_or_default();
                let inside = inside.strip_suffix(')').unwrap_or(inside);
                let piece =
                    if inside.starts_with('(') { Piece::Open } else { Piece::Output(inside.to_owned()) };
                word.pieces.push(piece);
            }
            Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let length =
                    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                let name = rest.get(..length).unwrap_or_default().to_owned();
                self.at += length;
                word.pieces.push(Piece::Variable { name, fallback: None });
            }
            Some(letter)
                if letter.is_ascii_digit() || matches!(letter, '@' | '*' | '#' | '?' | '$' | '!') =>
            {
                self.at += 1;
                word.pieces.push(Piece::Variable { name: letter.to_string(), fallback: None });
            }
            _ => word.push_char('$'),
        }
    }

    fn skip_braces(&mut self) {
        let mut depth = 1_usize;
        while let Some(letter) = self.next() {
            match letter {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                '\\' => {
                    self.next();
                }
                '\n' => return,
                _ => {}
            }
        }
    }
}

/// `NAME=value` as name and value.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let text = word.start();
    let (name, _) = text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let good = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !good {
        return None;
    }
    let mut value = word.behind(text.find('=').unwrap_or(0) + 1);
    if text.contains("+=") {
        value.pieces.insert(0, Piece::Open);
    }
    Some((name.to_owned(), value))
}

/// The inside of `${…}`.
fn parameter(inside: &str, depth: u8) -> Piece {
    let length = inside.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let (name, rest) = inside.split_at_checked(length).unwrap_or((inside, ""));
    if name.is_empty() {
        return Piece::Open;
    }
    let name = name.to_owned();
    if rest.is_empty() {
        return Piece::Variable { name, fallback: None };
    }
    let fallback =
        rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-')).or_else(|| rest.strip_prefix(":="));
    if depth >= MAX_DEPTH {
        return Piece::Variable { name, fallback: None };
    }
    if let Some(fallback) = fallback {
        let fallback = fallback.trim_matches(['"', '\'']);
        let mut reader = Reader::new(fallback, depth + 1);
        let word = reader.word();
        let whole = reader.at == fallback.len();
        return Piece::Variable { name, fallback: whole.then_some(word.pieces) };
    }
    if rest.starts_with(":?") || rest.starts_with('?') {
        return Piece::Variable { name, fallback: None };
    }
    Piece::Open
}

/// The inside of `${{ … }}`: a name, or a name with `|| 'fallback'`.
fn expression(inside: &str) -> Piece {
    let (name, fallback) = match inside.rsplit_once("||") {
        Some((name, fallback)) => {
            let fallback = fallback.trim();
            let literal = fallback.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            (name.trim(), literal.filter(|text| !text.contains('\'')))
        }
        None => (inside.trim(), None),
    };
    Piece::Variable {
        name: format!("{{{{{name}}}}}"),
        fallback: fallback.map(|text| vec![Piece::Text(text.to_owned())]),
    }
}
