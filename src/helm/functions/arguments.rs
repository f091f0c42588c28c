//! Typed access to the arguments of a call, whose types were checked before.

use crate::helm::functions::Fault;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Element;
use crate::helm::value::List;
use crate::helm::value::Value;

static NOTHING: Value = Value::NIL;

/// An argument; nil where there is none.
pub(crate) fn any(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&NOTHING)
}

/// A string argument.
pub(crate) fn text(arguments: &[Value], at: usize) -> Text {
    any(arguments, at).as_text().cloned().unwrap_or_default()
}

/// The bytes of a string argument.
pub(crate) fn bytes(arguments: &[Value], at: usize) -> &[u8] {
    arguments.get(at).and_then(Value::as_text).map(Text::bytes).unwrap_or_default()
}

/// A string argument as UTF-8.
pub(crate) fn string(arguments: &[Value], at: usize) -> String {
    String::from_utf8_lossy(bytes(arguments, at)).into_owned()
}

/// An `int` or `int64` argument.
pub(crate) fn int(arguments: &[Value], at: usize) -> i64 {
    match any(arguments, at).data {
        Data::Int(number) | Data::Int64(number) | Data::Duration(number) => number,
        _ => 0,
    }
}

/// A map argument; a nil one where nil was given.
pub(crate) fn dict(arguments: &[Value], at: usize) -> Dict {
    any(arguments, at).as_dict().cloned().unwrap_or_else(Dict::nil)
}

/// The items of any slice, as `interface{}`s; the element type gets lost, as it does in Sprig.
pub(crate) fn items(value: &Value) -> Option<Vec<Value>> {
    match &value.data {
        Data::List(list) => Some(list.items().to_vec()),
        Data::Bytes(text) => {
            let origins = text.origins();
            let byte = |byte: &u8| Value::new(Data::Uint64((*byte).into()), origins.clone());
            Some(text.bytes().iter().map(byte).collect())
        }
        _ => None,
    }
}

/// What Go says where a function of lists is given nil.
pub(crate) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// The items of a slice, or Sprig's complaint: `Cannot find first on type string`.
pub(crate) fn list_items(value: &Value, verb: &str) -> Result<Vec<Value>, Fault> {
    if let Some(items) = items(value) {
        return Ok(items);
    }
    if value.is_nil() {
        return Err(Fault::new(NIL_POINTER));
    }
    Err(Fault::new(format!("Cannot {verb} type {}", value.kind_name())))
}

/// A `[]interface{}` with the origins of the list it was made from.
pub(crate) fn list_like(items: Vec<Value>, source: &Value) -> Value {
    Value::new(Data::List(List::new(items)), source.origins.clone())
}

/// A nil `[]interface{}`.
pub(crate) fn nil_list() -> Value {
    List::nil(Element::Any).into()
}

/// An `int64`.
pub(crate) fn int64(number: i64) -> Value {
    Value::new(Data::Int64(number), crate::helm::text::Origins::NONE)
}
