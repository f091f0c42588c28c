//! Texts made to take long, of any size: a parser that goes back, looks ahead or copies pays for it here.

/// Every kind of text by name, each about `size` bytes long.
pub(crate) fn texts(size: usize) -> Vec<(&'static str, String)> {
    let fill = |piece: &str| piece.repeat(size / piece.len());
    let numbered = |line: &dyn Fn(usize) -> String| {
        let mut text = String::with_capacity(size + 100);
        let mut at = 0;
        while text.len() < size {
            text.push_str(&line(at));
            at += 1;
        }
        text
    };
    let half = |piece: &str| piece.repeat(size / piece.len() / 2);
    // Lines that go one column further right each: as many bytes as the square of their number, and a half.
    let levels = (size * 2).isqrt();
    vec![
        ("[ nested", fill("[")),
        ("{a: nested", fill("{a: ")),
        ("- nested on a line", fill("- ")),
        ("? nested on a line", fill("? ")),
        ("block mappings nested", (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect()),
        ("brackets as keys", format!("{}a{}", half("["), half("]: b").split_at(size / 8 * 4).0)),
        ("one plain scalar", format!("a: {}", fill("word "))),
        ("one plain scalar of many lines", format!("a:\n{}", fill("  word\n"))),
        ("one single-quoted scalar", format!("a: '{}'", fill("it''s "))),
        ("one double-quoted scalar", format!("a: \"{}\"", fill("\\x41 "))),
        ("one literal scalar", format!("a: |\n{}", fill("  word\n"))),
        ("one folded scalar", format!("a: >\n{}", fill("  word\n\n"))),
        ("keys", numbered(&|at| format!("key{at}: v\n"))),
        ("keys in braces", format!("{{{}}}", numbered(&|at| format!("k{at}: v, ")))),
        ("items in brackets", format!("[{}]", fill("a, "))),
        ("equal keys", fill("key: v\n")),
        ("one long anchor", format!("- &{0} x\n- *{0}\n", half("a"))),
        ("anchors", numbered(&|at| format!("- &a{at} x\n- *a{at}\n"))),
        ("aliases to nothing, then too deep", format!("{}{}", half("- *a\n"), half("- "))),
        ("comments", format!("a:\n{}  b: c\n", fill("# c\n"))),
        ("comments and tabs", format!("a: # c\n{}# c\n  b: c\n", fill("\t\n"))),
        ("a long prefix and its tags", format!("%TAG !e! {}\n---\n{}", half("x"), half("- !e!a b\n"))),
        ("handles", {
            let mut at = 0;
            let half = size / 2;
            let mut handles = String::new();
            let mut tags = "---\n".to_owned();
            while handles.len() < half {
                handles.push_str(&format!("%TAG !e{at}! x\n"));
                tags.push_str(&format!("- !e{at}!a b\n"));
                at += 1;
            }
            handles + &tags
        }),
        ("documents", fill("---\n")),
        ("documents with control characters", fill("---\n\u{1}\n")),
        (
            "aliases to aliases",
            numbered(&|at| match at {
                0 => "a0: &a0 [x]\n".to_owned(),
                _ => format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1),
            }),
        ),
        (
            "merges of merges",
            numbered(&|at| match at {
                0 => "a0: &a0 {k: v}\n".to_owned(),
                _ => format!("a{at}: &a{at} {{<<: *a{}, k{at}: v}}\n", at - 1),
            }),
        ),
        ("aliases to a long text", format!("a: &a {}\nb: [{}]\n", half("x"), half("*a, "))),
        ("unclosed brackets", fill("k: [a\n")),
        ("unclosed brackets after comments", format!("{}{}", half("# c\n"), half("k: [a\n"))),
        ("unclosed brackets in lists", fill("- [a\n- {b: \"c\n")),
        ("unclosed quotes", fill("k: \"a\n")),
        ("odd quotes", fill("k: 'a\n b' c\n")),
        ("odd quotes in brackets", fill("k: ['a\n")),
        ("lines without a colon", fill("word\n")),
        ("lines without a colon among keys", fill("a: b\nword\n")),
        ("colons", fill("a: b: c\n")),
        ("closing brackets", fill("]\n")),
        ("closing brackets among keys", fill("a: 1\n]\n")),
        ("roots after each other", fill("[a]\nb: c\n")),
        ("templates", fill("{{ if .a }}\na: {{ .b }}\n{{ end }}\n")),
        ("control characters", fill("\u{1}")),
        ("tabs", fill("\t")),
        ("tabs on lines", fill("a: b\n\t\n")),
        ("tabs below a deep scalar", format!("{}a\n{}b", half("- "), half("\t"))),
        ("spaces, then items in brackets", format!("[\n{}{}]", half(" "), half("a,"))),
        ("line breaks of three bytes", fill("a: b\u{2028}")),
        ("carriage returns", fill("a: b\r")),
        ("block scalars", fill("- |\n x\n")),
        ("wrong block scalars", fill("- |x\n")),
        ("wrong tags", fill("- !<a b\n")),
        ("wrong anchors", fill("- &! a\n")),
        ("dedented lines", fill("  a: 1\n b: 2\nc: 3\n")),
        ("question marks", fill("? a\n")),
        ("colons without a key", fill(": a\n")),
    ]
}
