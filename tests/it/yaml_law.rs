//! What holds for the tree and the events of every text, however broken. The tests and the fuzzer hold to the same laws.

use plimsoll::source::Files;
use plimsoll::source::Source;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::yaml::CollectionStyle;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::EventKind;
use plimsoll::yaml::Events;
use plimsoll::yaml::Kind;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::ProblemCode;
use plimsoll::yaml::Tree;

pub(crate) const DIALECTS: [Dialect; 3] = [Dialect::Helm, Dialect::Compose, Dialect::Strict];

/// Holds the reading of a text to all laws, in every dialect.
pub(crate) fn check(text: &str) {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("test.yaml", text);
    for dialect in DIALECTS {
        let tree = Tree::parse(&source, dialect);
        check_events(&source, &tree);
        check_tree(&tree);
    }
}

/// Everything that begins ends, in its order, and of mappings every key has a value. The same text, read before, became a
/// tree of the same nodes, comments and mistakes.
fn check_events(source: &Source, tree: &Tree) {
    let dialect = tree.dialect();
    let mut nodes = Vec::new();
    let mut whole = true;
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut in_document = false;
    let mut last = 0;
    let mut events = Events::new(source.id, &source.text, dialect);
    for event in events.by_ref() {
        let text = &source.text;
        let place = || format!("{event:?} of {text:?} as {dialect:?}");
        assert!(event.start <= event.end && event.end as usize <= text.len(), "{}", place());
        assert!(last <= event.start, "steps back to {}", place());
        last = event.start;
        let node = match event.kind {
            EventKind::MappingStart(_) => {
                count(&mut open);
                open.push((true, 0));
                true
            }
            EventKind::SequenceStart(_) => {
                count(&mut open);
                open.push((false, 0));
                true
            }
            EventKind::CollectionEnd => {
                let (mapping, children) =
                    open.pop().unwrap_or_else(|| panic!("nothing is open at {}", place()));
                assert!(!mapping || children % 2 == 0, "a key without a value at {}", place());
                false
            }
            EventKind::Scalar(_) | EventKind::Alias => {
                count(&mut open);
                true
            }
            EventKind::DocumentStart | EventKind::DocumentContinues => {
                whole &= event.kind == EventKind::DocumentStart;
                assert!(!in_document && open.is_empty(), "a document in a document at {}", place());
                in_document = true;
                false
            }
            EventKind::DocumentEnd => {
                assert!(in_document && open.is_empty(), "something is left open at {}", place());
                in_document = false;
                false
            }
        };
        assert!(!node || in_document, "outside of a document: {}", place());
        if node {
            nodes.push((event.start, event.anchor(), event.tag(), kind(event.kind)));
        }
    }
    assert!(!in_document && open.is_empty(), "something is left open at the end of {:?}", source.text);
    let (problems, comments) = events.finish();
    assert_eq!(comments, tree.comments(), "{:?} as {dialect:?}", source.text);
    assert!(problems.iter().all(|problem| tree.problems().contains(problem)), "{:?}", source.text);
    // What is nested too deep becomes no node, and what a document goes on with after a mistake no second root.
    if whole && !tree.problems().iter().any(|problem| problem.code == ProblemCode::Limit) {
        let range = |property: Option<(_, Span)>| property.map(|(_, span)| span.range());
        let built = tree.all_nodes().map(|node| {
            let kind = if node.is_alias() { None } else { Some(node.kind()) };
            (node.span().start, range(node.anchor()), range(node.tag()), kind)
        });
        assert_eq!(built.collect::<Vec<_>>(), nodes, "{:?} as {dialect:?}", source.text);
    }
}

/// What becomes of the event that a node begins with; `None` for an alias.
fn kind(event: EventKind) -> Option<Kind> {
    match event {
        EventKind::MappingStart(style) => Some(Kind::Mapping(style)),
        EventKind::SequenceStart(style) => Some(Kind::Sequence(style)),
        EventKind::Scalar(style) => Some(Kind::Scalar(style)),
        _ => None,
    }
}

fn count(open: &mut [(bool, usize)]) {
    if let Some((_, children)) = open.last_mut() {
        *children += 1;
    }
}

/// Places lie in the text, on character boundaries; children inside their parents, one after the other.
fn check_tree(tree: &Tree) {
    let text = tree.text();
    let dialect = tree.dialect();
    let slice = |span: Span| {
        let slice = text.get(span.range());
        slice.unwrap_or_else(|| panic!("{span:?} is no place of {text:?} as {dialect:?}"))
    };
    for problem in tree.problems() {
        slice(problem.span);
        assert!(!problem.message.is_empty());
        let _explained = problem.related.as_ref().map(|(span, _)| slice(*span));
    }
    assert!(tree.problems().is_sorted_by_key(|problem| problem.span), "{text:?}");
    let mut before = 0;
    for comment in tree.comments() {
        assert!(slice(comment.span).starts_with('#'), "{text:?}");
        assert!(before <= comment.span.start, "comments out of order in {text:?} as {dialect:?}");
        before = comment.span.end;
        let _placed = tree.placement(*comment);
    }
    let mut open: Vec<NodeRef<'_>> = tree.documents().collect();
    assert!(
        open.is_sorted_by_key(|root| root.span().start),
        "documents out of order in {text:?} as {dialect:?}"
    );
    while let Some(node) = open.pop() {
        let span = node.span();
        slice(span);
        let _decoded = (node.text(), node.scalar(), node.key_text(), node.full_tag());
        if node.is_alias() {
            assert!(slice(span).starts_with('*'), "{text:?}");
            continue;
        }
        let mut children: Vec<NodeRef<'_>> = node.items().collect();
        for entry in node.entries() {
            children.extend([entry.key, entry.value]);
            if let Some(colon) = entry.colon() {
                assert_eq!(slice(colon), ":", "{text:?} as {dialect:?}");
                assert!(entry.key.span().end <= colon.start, "{text:?} as {dialect:?}");
                assert!(colon.end <= entry.value.start_with_properties(), "{text:?} as {dialect:?}");
            }
        }
        for item in node.items() {
            if let Some(dash) = node.dash(item) {
                assert_eq!(slice(dash), "-", "{text:?} as {dialect:?}");
                assert!(dash.end <= item.start_with_properties(), "{text:?} as {dialect:?}");
            }
        }
        let mut before = span.start;
        for child in &children {
            let place = child.span();
            assert!(span.contains(place), "{place:?} not in {span:?} of {text:?} as {dialect:?}");
            let start = child.start_with_properties();
            assert!(
                before <= start && start <= place.start,
                "{place:?} out of order in {text:?} as {dialect:?}"
            );
            for (written, at) in [child.anchor(), child.tag()].into_iter().flatten() {
                assert!(
                    before <= at.start && at.end <= place.start,
                    "`{written}` in {text:?} as {dialect:?}"
                );
            }
            before = place.end;
        }
        if let Some(last) = children.last()
            && matches!(
                node.kind(),
                Kind::Mapping(CollectionStyle::Block) | Kind::Sequence(CollectionStyle::Block)
            )
        {
            assert_eq!(
                span.end,
                last.span().end,
                "{span:?} does not end with its last child: {text:?} as {dialect:?}"
            );
        }
        open.extend(children);
    }
}
