//! Methods of values: they hide fields and keys of the same name.

use crate::helm::HelmVersion;
use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::string;
use crate::helm::functions::crypto::base64_encode;
use crate::helm::functions::encoding::yaml_text;
use crate::helm::functions::keep;
use crate::helm::functions::lists::split_text;
use crate::helm::functions::mix;
use crate::helm::glob::Glob;
use crate::helm::go::numbers;
use crate::helm::moment::Moment;
use crate::helm::record::Record;
use crate::helm::record::RecordKind;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Element;
use crate::helm::value::FileSet;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use std::sync::Arc;

/// The method of a value; its first argument is the value itself.
pub(crate) fn find(receiver: &Value, name: &[u8]) -> Option<&'static Entry> {
    let table: &'static [Entry] = match &receiver.data {
        Data::Values(..) => VALUES,
        Data::Files(_) => FILES,
        Data::List(list) if matches!(list.element(), Element::ApiVersion(_)) => API_VERSIONS,
        Data::Record(record) => match record.kind() {
            RecordKind::Capabilities(_) => CAPABILITIES,
            RecordKind::KubeVersion(_) => KUBE_VERSION,
            _ => return None,
        },
        Data::Version(_) => VERSION,
        Data::Time(_) => TIME,
        Data::Duration(_) => DURATION,
        Data::Month(_) | Data::Weekday(_) => NAMED,
        _ => return None,
    };
    table.iter().find(|entry| entry.name.as_bytes() == name)
}

static VALUES: &[Entry] = &[
    keep("AsMap", &[], |_, arguments| {
        let values = any(arguments, 0);
        let dict = values.as_dict().filter(|dict| !dict.is_empty()).cloned().unwrap_or_default();
        Ok(Value::new(Data::Dict(dict), values.origins.clone()))
    }),
    keep("YAML", &[], |session, arguments| {
        let values = any(arguments, 0);
        let mut text = crate::helm::text::TextBuilder::new();
        text.push_text(&yaml_text(session, values)?);
        text.push_along(b"\n");
        Ok(text.finish().into())
    }),
    keep("Table", &[Type::String], |_, arguments| table(any(arguments, 0), &string(arguments, 1))),
    keep("PathValue", &[Type::String], path_value),
    // Takes a writer, which no template has.
    keep("Encode", &[Type::Writer], |_, _| Ok(Value::NIL)),
];

static FILES: &[Entry] = &[
    keep("Get", &[Type::String], |_, arguments| Ok(content(arguments).into())),
    keep("GetBytes", &[Type::String], |_, arguments| {
        Ok(Value::new(Data::Bytes(content(arguments)), Origins::NONE))
    }),
    keep("Lines", &[Type::String], lines),
    keep("Glob", &[Type::String], glob),
    keep("AsConfig", &[], |session, arguments| encoded(session, arguments, false)),
    keep("AsSecrets", &[], |session, arguments| encoded(session, arguments, true)),
];

static API_VERSIONS: &[Entry] = &[mix("Has", &[Type::String], |_, arguments| {
    let wanted = bytes(arguments, 1);
    let list = any(arguments, 0).as_list();
    let found = list.is_some_and(|list| {
        list.items().iter().any(|item| item.as_text().is_some_and(|text| text.bytes() == wanted))
    });
    Ok(found.into())
})];

static CAPABILITIES: &[Entry] = &[keep("Copy", &[], |_, arguments| Ok(any(arguments, 0).clone()))];

static KUBE_VERSION: &[Entry] = &[
    keep("String", &[], |_, arguments| Ok(kube_version(arguments, Record::constraint_version))),
    keep("GitVersion", &[], |_, arguments| Ok(kube_version(arguments, |record| record.field(b"Version")))),
];

static NAMED: &[Entry] =
    &[mix("String", &[], |_, arguments| Ok(crate::helm::go::print::sprint_one(any(arguments, 0)).into()))];

static DURATION: &[Entry] = &[
    mix("String", &[], |_, arguments| Ok(crate::helm::go::print::sprint_one(any(arguments, 0)).into())),
    mix("Seconds", &[], |_, arguments| Ok((numbers::to_float(int(arguments, 0)) / 1e9).into())),
    mix("Minutes", &[], |_, arguments| Ok((numbers::to_float(int(arguments, 0)) / 6e10).into())),
    mix("Hours", &[], |_, arguments| Ok((numbers::to_float(int(arguments, 0)) / 3.6e12).into())),
    mix("Milliseconds", &[], |_, arguments| Ok(super::arguments::int64(int(arguments, 0) / 1_000_000))),
    mix("Nanoseconds", &[], |_, arguments| Ok(super::arguments::int64(int(arguments, 0)))),
];

static VERSION: &[Entry] = &[
    mix("Major", &[], |_, arguments| version(arguments, |version| Data::Uint64(version.major))),
    mix("Minor", &[], |_, arguments| version(arguments, |version| Data::Uint64(version.minor))),
    mix("Patch", &[], |_, arguments| version(arguments, |version| Data::Uint64(version.patch))),
    mix("Prerelease", &[], |_, arguments| version(arguments, |version| text(&version.prerelease))),
    mix("Metadata", &[], |_, arguments| version(arguments, |version| text(&version.metadata))),
    mix("Original", &[], |_, arguments| version(arguments, |version| text(&version.original))),
    mix("String", &[], |_, arguments| version(arguments, |version| text(&version.to_string()))),
    mix("IncMajor", &[], |_, arguments| {
        version(arguments, |version| Data::Version(Arc::new(version.next(0))))
    }),
    mix("IncMinor", &[], |_, arguments| {
        version(arguments, |version| Data::Version(Arc::new(version.next(1))))
    }),
    mix("IncPatch", &[], |_, arguments| {
        version(arguments, |version| Data::Version(Arc::new(version.next(2))))
    }),
    mix("Compare", &[Type::Version], |_, arguments| {
        let order = versions(arguments);
        Ok(Value::new(Data::Int(order.map_or(0, |order| order as i64)), Origins::NONE))
    }),
    mix("Equal", &[Type::Version], |_, arguments| {
        Ok(versions(arguments).is_some_and(std::cmp::Ordering::is_eq).into())
    }),
    mix("LessThan", &[Type::Version], |_, arguments| {
        Ok(versions(arguments).is_some_and(std::cmp::Ordering::is_lt).into())
    }),
    mix("LessThanEqual", &[Type::Version], |_, arguments| {
        Ok(versions(arguments).is_some_and(std::cmp::Ordering::is_le).into())
    }),
    mix("GreaterThan", &[Type::Version], |_, arguments| {
        Ok(versions(arguments).is_some_and(std::cmp::Ordering::is_gt).into())
    }),
    mix("GreaterThanEqual", &[Type::Version], |_, arguments| {
        Ok(versions(arguments).is_some_and(std::cmp::Ordering::is_ge).into())
    }),
];

static TIME: &[Entry] = &[
    mix("Year", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().year))),
    mix("Month", &[], |_, arguments| time(arguments, |moment| Data::Month(moment.civil().month))),
    mix("Day", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().day))),
    mix("Hour", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().hour))),
    mix("Minute", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().minute))),
    mix("Second", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().second))),
    mix("Nanosecond", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.nanos.into()))),
    mix("YearDay", &[], |_, arguments| time(arguments, |moment| Data::Int(moment.civil().year_day))),
    mix("Weekday", &[], |_, arguments| time(arguments, |moment| Data::Weekday(moment.civil().weekday))),
    mix("Unix", &[], |_, arguments| time(arguments, |moment| Data::Int64(moment.seconds))),
    mix("UnixMilli", &[], |_, arguments| {
        time(arguments, |moment| {
            Data::Int64(
                moment.seconds.saturating_mul(1000).saturating_add(i64::from(moment.nanos) / 1_000_000),
            )
        })
    }),
    mix("UnixNano", &[], |_, arguments| {
        time(arguments, |moment| {
            Data::Int64(moment.seconds.wrapping_mul(1_000_000_000).wrapping_add(moment.nanos.into()))
        })
    }),
    mix("IsZero", &[], |_, arguments| time(arguments, |moment| Data::Bool(moment.is_zero()))),
    mix("String", &[], |_, arguments| time(arguments, |moment| text(&moment.to_string()))),
    mix("UTC", &[], |_, arguments| {
        time(arguments, |moment| Data::Time(Arc::new(Moment::utc(moment.seconds, moment.nanos))))
    }),
    mix("Local", &[], |_, arguments| {
        time(arguments, |moment| {
            let zone = crate::helm::moment::zone("Local").unwrap_or(jiff::tz::TimeZone::UTC);
            Data::Time(Arc::new(moment.in_zone(&zone)))
        })
    }),
    mix("Format", &[Type::String], |_, arguments| {
        let layout = string(arguments, 1);
        time(arguments, |moment| text(&moment.format(&layout)))
    }),
    mix("Add", &[Type::Duration], |_, arguments| {
        let nanos = int(arguments, 1);
        time(arguments, |moment| Data::Time(Arc::new(moment.plus(nanos))))
    }),
    mix("AddDate", &[Type::Int, Type::Int, Type::Int], |_, arguments| {
        let (years, months, days) = (int(arguments, 1), int(arguments, 2), int(arguments, 3));
        time(arguments, |moment| Data::Time(Arc::new(moment.plus_date(years, months, days))))
    }),
    mix("Truncate", &[Type::Duration], |_, arguments| {
        let unit = int(arguments, 1);
        time(arguments, |moment| Data::Time(Arc::new(moment.plus(-moment.since_multiple(unit)))))
    }),
    mix("Compare", &[Type::Time], |_, arguments| {
        between(arguments, |one, other| {
            Data::Int((one.seconds, one.nanos).cmp(&(other.seconds, other.nanos)) as i64)
        })
    }),
    mix("Sub", &[Type::Time], |_, arguments| {
        between(arguments, |one, other| {
            let seconds = one.seconds.saturating_sub(other.seconds);
            let nanos = i64::from(one.nanos) - i64::from(other.nanos);
            Data::Duration(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
        })
    }),
    mix("After", &[Type::Time], |_, arguments| {
        between(arguments, |one, other| Data::Bool((one.seconds, one.nanos) > (other.seconds, other.nanos)))
    }),
    mix("Before", &[Type::Time], |_, arguments| {
        between(arguments, |one, other| Data::Bool((one.seconds, one.nanos) < (other.seconds, other.nanos)))
    }),
    mix("Equal", &[Type::Time], |_, arguments| {
        between(arguments, |one, other| Data::Bool((one.seconds, one.nanos) == (other.seconds, other.nanos)))
    }),
];

fn text(text: &str) -> Data {
    Data::String(text.into())
}

fn plain(data: Data) -> Answer {
    Ok(Value::new(data, Origins::NONE))
}

fn time(arguments: &[Value], show: impl Fn(&Moment) -> Data) -> Answer {
    match &any(arguments, 0).data {
        Data::Time(moment) => plain(show(moment)),
        _ => Ok(Value::NIL),
    }
}

fn between(arguments: &[Value], show: impl Fn(&Moment, &Moment) -> Data) -> Answer {
    match (&any(arguments, 0).data, &any(arguments, 1).data) {
        (Data::Time(one), Data::Time(other)) => plain(show(one, other)),
        _ => Ok(Value::NIL),
    }
}

fn version(arguments: &[Value], show: impl Fn(&crate::helm::version::Version) -> Data) -> Answer {
    match &any(arguments, 0).data {
        Data::Version(version) => plain(show(version)),
        _ => Ok(Value::NIL),
    }
}

fn versions(arguments: &[Value]) -> Option<std::cmp::Ordering> {
    match (&any(arguments, 0).data, &any(arguments, 1).data) {
        (Data::Version(one), Data::Version(other)) => Some(one.precedence(other)),
        _ => None,
    }
}

fn kube_version(arguments: &[Value], field: fn(&Record) -> Option<&Value>) -> Value {
    match &any(arguments, 0).data {
        Data::Record(record) => field(record).cloned().unwrap_or(Value::NIL),
        _ => Value::NIL,
    }
}

/// The map at a path of keys, or what Helm says when there is none.
fn table(values: &Value, path: &str) -> Answer {
    let mut table = values.clone();
    let helm = match values.data {
        Data::Values(_, helm) => helm,
        _ => HelmVersion::default(),
    };
    for key in path.split('.') {
        let found = table.as_dict().and_then(|dict| dict.get(key));
        let Some(found) = found else {
            return Err(Fault::new(format!("{key:?} is not a table")));
        };
        let Some(dict) = found.as_dict() else {
            return Err(Fault::new(format!("{key:?} is not a table")));
        };
        table = Value::new(Data::Values(dict.clone(), helm), found.origins.clone());
    }
    Ok(table)
}

fn path_value(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let path = string(arguments, 1);
    if path.is_empty() {
        return Err(Fault::new("YAML path cannot be empty"));
    }
    let values = any(arguments, 0);
    let missing = || Fault::new(format!("{path:?} is not a value"));
    let (holder, key) = match path.rsplit_once('.') {
        None => (values.clone(), path.as_str()),
        Some((above, key)) => (table(values, above).map_err(|_| missing())?, key),
    };
    match holder.as_dict().and_then(|dict| dict.get(key)) {
        Some(found) if !matches!(found.data, Data::Dict(_) | Data::Values(..)) => Ok(found),
        _ => Err(missing()),
    }
}

fn content(arguments: &[Value]) -> Text {
    match &any(arguments, 0).data {
        Data::Files(files) => files.get(bytes(arguments, 1)).cloned().unwrap_or_default(),
        _ => Text::empty(),
    }
}

fn lines(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let content = content(arguments);
    if content.is_empty() {
        return Ok(List::of_texts([]).into());
    }
    let end = content.len() - usize::from(content.bytes().ends_with(b"\n"));
    Ok(List::of_texts(split_text(&content.slice(0..end), b"\n", None)).into())
}

fn glob(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let Data::Files(files) = &any(arguments, 0).data else { return Ok(Value::NIL) };
    let pattern = string(arguments, 1);
    let pattern = Glob::parse(&pattern).or_else(|| Glob::parse("**"));
    let mut found = FileSet::new();
    for (path, content) in files.iter() {
        if pattern.as_ref().is_some_and(|pattern| pattern.matches(&String::from_utf8_lossy(path))) {
            found.insert(path, content.clone());
        }
    }
    Ok(Value::new(Data::Files(Arc::new(found)), Origins::NONE))
}

fn encoded(session: &mut Session<'_>, arguments: &[Value], secret: bool) -> Answer {
    let Data::Files(files) = &any(arguments, 0).data else { return Ok(Value::NIL) };
    let dict = Dict::new();
    for (path, content) in files.iter() {
        let name = super::paths::base(path);
        let value = if secret {
            Value::string(base64_encode(content.bytes()), content.origins())
        } else {
            content.clone().into()
        };
        dict.insert_member(name, Member { key_origins: Origins::NONE, value });
    }
    Ok(yaml_text(session, &dict.into())?.into())
}
