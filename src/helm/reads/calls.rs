//! What functions make of values, without running them.

use std::collections::BTreeMap;

use crate::helm::reads::known::Known;
use crate::helm::reads::known::Shape;
use crate::helm::reads::reader::Frame;
use crate::helm::reads::reader::Reader;
use crate::helm::template::ast::Word;
use crate::helm::value::Key;

impl Reader<'_> {
    /// The result of a function. One that is not known here reads all of its arguments and gives something new.
    pub(super) fn function(
        &mut self,
        frame: &mut Frame,
        name: &str,
        words: &[Word],
        last: Option<Known>,
    ) -> Known {
        let mut given: Vec<Known> = words.iter().map(|word| self.word(frame, word)).collect();
        given.extend(last);
        match (name.strip_prefix("must").map_or_else(|| name.to_owned(), uncapitalized)).as_str() {
            "default" | "coalesce" | "and" | "or" => {
                self.look_at_all(&given);
                given.into_iter().collect()
            }
            "ternary" => {
                self.look_at_all(&given);
                given.into_iter().take(2).collect()
            }
            "required" => {
                self.look_at_all(&given);
                given.pop().unwrap_or_default()
            }
            "not" | "empty" | "kindOf" | "typeOf" | "kindIs" | "typeIs" | "typeIsLike" => {
                self.look_at_all(&given);
                Known::other()
            }
            "get" | "index" | "pluck" | "hasKey" => self.member(name, given),
            "dig" => self.dig(given),
            "pick" => self.pick(given),
            "omit" | "unset" | "deepCopy" => {
                self.consume_all(given.get(1..).unwrap_or_default());
                given.into_iter().next().unwrap_or_default()
            }
            "dict" => self.dict(&given),
            "set" => {
                let [into, key, value] = given.as_slice() else { return Known::other() };
                let more = self.single(key, value);
                self.put(frame, words.first(), into, &more);
                into.or(&more)
            }
            "merge" | "mergeOverwrite" => {
                let more: Known = given.iter().skip(1).cloned().collect();
                let into = given.first().cloned().unwrap_or_default();
                self.put(frame, words.first(), &into, &more);
                into.or(&more)
            }
            "list" | "tuple" => self.made_list(given.into_iter().collect()),
            "append" | "prepend" | "push" | "without" => {
                let mut given = given.into_iter();
                let list = given.next().unwrap_or_default();
                let items = given.fold(self.each(&list), |sum, one| sum.or(&one));
                self.made_list(items)
            }
            "concat" => {
                let items: Vec<Known> = given.iter().map(|list| self.each(list)).collect();
                self.made_list(items.into_iter().collect())
            }
            "values" => {
                let items: Vec<Known> = given.iter().map(|dict| self.each(dict)).collect();
                self.made_list(items.into_iter().collect())
            }
            "first" | "last" => {
                let list = given.pop().unwrap_or_default();
                self.look_at(&list);
                self.each(&list)
            }
            "rest" | "initial" | "reverse" | "uniq" | "compact" | "slice" => {
                let mut given = given.into_iter();
                let list = given.next().unwrap_or_default();
                self.consume_all(&given.collect::<Vec<_>>());
                list
            }
            "print" => self.joined(&given),
            "printf" => self.printed(&given),
            "include" => {
                let [name, root] = given.as_slice() else { return Known::other() };
                self.include(name, root);
                self.consume_texts(name);
                Known::other()
            }
            "tpl" => {
                let [text, root] = given.as_slice() else { return Known::other() };
                self.consume(text);
                self.template_text(text, root);
                Known::other()
            }
            _ => {
                self.consume_all(&given);
                Known::other()
            }
        }
    }

    /// The name of a template that stands in the values is read.
    fn consume_texts(&mut self, name: &Known) {
        if name.constant().is_none() {
            self.consume(name);
        }
    }

    fn made_list(&mut self, items: Known) -> Known {
        self.bounded(Known::of(Shape::List(items)))
    }

    /// A map of one member.
    fn single(&mut self, key: &Known, value: &Known) -> Known {
        let made = match key.constant() {
            Some(key) => Known::dict(BTreeMap::from([(key.clone(), value.clone())]), Known::default()),
            None => {
                self.consume(key);
                Known::dict(BTreeMap::new(), value.clone())
            }
        };
        self.bounded(made)
    }

    fn dict(&mut self, given: &[Known]) -> Known {
        let mut members: BTreeMap<Key, Known> = BTreeMap::new();
        let mut other = Known::default();
        for pair in given.chunks(2) {
            let value = pair.get(1).cloned().unwrap_or_else(Known::other);
            match pair.first().and_then(Known::constant) {
                Some(key) => {
                    members.insert(key.clone(), value);
                }
                None => {
                    self.consume_all(pair.get(..1).unwrap_or_default());
                    other = other.or(&value);
                }
            }
        }
        self.bounded(Known::dict(members, other))
    }

    /// `key` of `at`; any member where the key is not known.
    fn lookup(&mut self, at: &Known, key: &Known) -> Known {
        if let Some(key) = key.constant() {
            return self.field(at, key);
        }
        self.consume(key);
        let found = self.each(at);
        // Which key it is decides what is found: none can be left out.
        self.look_at(&found);
        found
    }

    fn member(&mut self, name: &str, given: Vec<Known>) -> Known {
        let mut given = given.into_iter();
        let Some(first) = given.next() else { return Known::other() };
        match name {
            "pluck" => {
                let items: Vec<Known> = given.map(|dict| self.lookup(&dict, &first)).collect();
                self.made_list(items.into_iter().collect())
            }
            "hasKey" => {
                for key in given {
                    let found = self.lookup(&first, &key);
                    self.look_at(&found);
                }
                Known::other()
            }
            _ => given.fold(first, |at, key| self.lookup(&at, &key)),
        }
    }

    fn dig(&mut self, mut given: Vec<Known>) -> Known {
        let (Some(dict), Some(default)) = (given.pop(), given.pop()) else { return Known::other() };
        let found = given.iter().fold(dict, |at, key| self.lookup(&at, key));
        self.look_at(&found);
        found.or(&default)
    }

    fn pick(&mut self, given: Vec<Known>) -> Known {
        let mut given = given.into_iter();
        let Some(dict) = given.next() else { return Known::other() };
        let mut members = BTreeMap::new();
        for key in given {
            let Some(name) = key.constant().cloned() else {
                self.consume(&key);
                return dict;
            };
            let member = self.field(&dict, &name);
            members.insert(name, member);
        }
        self.bounded(Known::dict(members, Known::default()))
    }

    /// Texts one after the other: what is certain of the beginning and the end.
    fn joined(&mut self, given: &[Known]) -> Known {
        let texts: Vec<Option<Key>> = given.iter().map(|one| one.constant().cloned()).collect();
        for one in given.iter().filter(|one| one.constant().is_none()) {
            self.consume(one);
        }
        let start: Vec<u8> = texts.iter().map_while(Option::as_deref).flatten().copied().collect();
        if texts.iter().all(Option::is_some) {
            return Known::text(&start);
        }
        let end: Vec<&[u8]> = texts.iter().rev().map_while(Option::as_deref).collect();
        let end: Vec<u8> = end.into_iter().rev().flatten().copied().collect();
        Known::of(Shape::Between(start.as_slice().into(), end.as_slice().into()))
    }

    /// `printf`, as far as it only puts texts in place of `%s`.
    fn printed(&mut self, given: &[Known]) -> Known {
        let Some((format, arguments)) = given.split_first() else { return Known::other() };
        let Some(format) = format.constant().cloned() else {
            self.consume_all(given);
            return Known::other();
        };
        let verb = |at: usize| matches!(format.get(at..at + 2), Some(b"%s" | b"%v"));
        let verbs = memchr::memchr_iter(b'%', &format).filter(|at| verb(*at)).count();
        if verbs != arguments.len() || memchr::memchr_iter(b'%', &format).count() != verbs {
            self.consume_all(arguments);
            let start = format.split(|byte| *byte == b'%').next().unwrap_or_default();
            return Known::of(Shape::Between(start.into(), Key::default()));
        }
        let mut parts = Vec::new();
        let mut arguments = arguments.iter();
        let mut rest: &[u8] = &format;
        while let Some(at) = memchr::memchr(b'%', rest) {
            let (before, after) = rest.split_at(at);
            parts.push(Known::text(before));
            parts.extend(arguments.next().cloned());
            rest = after.get(2..).unwrap_or_default();
        }
        parts.push(Known::text(rest));
        self.joined(&parts)
    }
}

fn uncapitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
