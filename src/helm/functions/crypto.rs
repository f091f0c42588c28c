//! Checksums, encodings of bytes, and the deterministic half of Sprig's cryptography.

use aes::Aes256;
use cbc::cipher::BlockModeDecrypt as _;
use cbc::cipher::BlockModeEncrypt as _;
use cbc::cipher::KeyIvInit as _;
use hmac::KeyInit as _;
use hmac::Mac as _;
use sha2::Digest as _;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::mix;
use crate::helm::functions::placeholders::unknown;
use crate::helm::value::Data;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    mix("sha1sum", &[Type::String], |_, arguments| Ok(hex(&sha1::Sha1::digest(bytes(arguments, 0))).into())),
    mix("sha256sum", &[Type::String], |_, arguments| {
        Ok(hex(&sha2::Sha256::digest(bytes(arguments, 0))).into())
    }),
    mix("sha512sum", &[Type::String], |_, arguments| {
        Ok(hex(&sha2::Sha512::digest(bytes(arguments, 0))).into())
    }),
    mix("adler32sum", &[Type::String], |_, arguments| Ok(adler32(bytes(arguments, 0)).to_string().into())),
    mix("b64enc", &[Type::String], |_, arguments| Ok(base64_encode(bytes(arguments, 0)).into())),
    mix("b64dec", &[Type::String], |_, arguments| {
        Ok(base64_decode(bytes(arguments, 0)).unwrap_or_else(|at| illegal("base64", at).into_bytes()).into())
    }),
    mix("b32enc", &[Type::String], |_, arguments| Ok(base32_encode(bytes(arguments, 0)).into())),
    mix("b32dec", &[Type::String], |_, arguments| {
        Ok(base32_decode(bytes(arguments, 0)).unwrap_or_else(|at| illegal("base32", at).into_bytes()).into())
    }),
    mix(
        "derivePassword",
        &[Type::Uint32, Type::String, Type::String, Type::String, Type::String],
        derive_password,
    ),
    mix("encryptAES", &[Type::String, Type::String], encrypt),
    mix("decryptAES", &[Type::String, Type::String], decrypt),
];

fn hex(digest: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'));
    digest.iter().flat_map(digits).collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}

fn illegal(encoding: &str, at: usize) -> String {
    format!("illegal {encoding} data at input byte {at}")
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn encode(bytes: &[u8], alphabet: &[u8], bits: u32, group: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 8 / 5 + 8);
    let (mut buffer, mut filled) = (0_u32, 0);
    let mut put = |buffer: u32| {
        let index = usize::try_from(buffer & ((1 << bits) - 1)).unwrap_or(0);
        out.push(alphabet.get(index).copied().unwrap_or(b'A'));
    };
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        filled += 8;
        while filled >= bits {
            filled -= bits;
            put(buffer >> filled);
        }
        buffer &= (1 << filled) - 1;
    }
    if filled > 0 {
        put(buffer << (bits - filled));
    }
    while out.len() % group != 0 {
        out.push(b'=');
    }
    out
}

/// Standard base64 with padding.
pub(crate) fn base64_encode(bytes: &[u8]) -> Vec<u8> {
    encode(bytes, BASE64, 6, 4)
}

fn base32_encode(bytes: &[u8]) -> Vec<u8> {
    encode(bytes, BASE32, 5, 8)
}

/// Standard base32 with padding; line breaks are skipped. The error is the offset Go names, in the text without them.
fn base32_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut out = Vec::with_capacity(text.len());
    for start in (0..text.len()).step_by(8) {
        let group = text.get(start..).unwrap_or_default();
        let (mut buffer, mut count) = (0_u64, 0);
        let mut padded = false;
        while count < 8 && !padded {
            // A text that ends inside a group is wrong from the group's beginning.
            let Some(&byte) = group.get(count) else { return Err(start) };
            let after = group.get(count + 1..).unwrap_or_default();
            if byte == b'=' && count >= 2 && after.len() < 8 {
                if after.len() + count < 7 {
                    return Err(text.len());
                }
                let wrong = after.iter().take(7 - count).position(|byte| *byte != b'=');
                if let Some(wrong) = wrong {
                    return Err(start + count + wrong);
                }
                if matches!(count, 3 | 6) {
                    return Err(start + count);
                }
                padded = true;
            } else {
                let value = BASE32.iter().position(|letter| *letter == byte).ok_or(start + count)?;
                buffer = buffer << 5 | u64::try_from(value).unwrap_or(0);
                count += 1;
            }
        }
        let bits = u32::try_from(count).unwrap_or(0) * 5;
        buffer >>= bits % 8;
        for step in (0..bits / 8).rev() {
            out.push((buffer >> (step * 8)).to_le_bytes()[0]);
        }
        if padded {
            break;
        }
    }
    Ok(out)
}

/// Standard base64 with padding; line breaks are skipped. The error is the offset Go names.
pub(crate) fn base64_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len());
    let kept: Vec<(usize, u8)> =
        text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')).collect();
    let mut at = 0;
    while at < kept.len() {
        let (mut buffer, mut count) = (0_u64, 0);
        let start = kept.get(at).map_or(text.len(), |(offset, _)| *offset);
        while count < 4 {
            let Some(&(offset, byte)) = kept.get(at) else {
                // The text ends inside a group.
                return Err(start);
            };
            if byte == b'=' {
                let padding = kept.get(at..).unwrap_or_default();
                let wanted = 4 - count;
                if count < 2 {
                    return Err(offset);
                }
                for step in 0..wanted {
                    match padding.get(step) {
                        Some((_, b'=')) => {}
                        Some((offset, _)) => return Err(*offset),
                        None => return Err(text.len()),
                    }
                }
                if let Some((offset, _)) = padding.get(wanted) {
                    return Err(*offset);
                }
                let filled = u32::try_from(count).unwrap_or(0) * 6;
                let whole = filled / 8;
                buffer >>= filled - whole * 8;
                for step in (0..whole).rev() {
                    out.push((buffer >> (step * 8)).to_le_bytes()[0]);
                }
                return Ok(out);
            }
            let Some(value) = BASE64.iter().position(|letter| *letter == byte) else { return Err(offset) };
            buffer = buffer << 6 | u64::try_from(value).unwrap_or(0);
            count += 1;
            at += 1;
        }
        for step in (0..3).rev() {
            out.push((buffer >> (step * 8)).to_le_bytes()[0]);
        }
    }
    Ok(out)
}

const PASSWORD_SEED: &[u8] = b"com.lyndir.masterpassword";

/// The patterns of each kind of password; every letter names a set of characters.
fn password_patterns(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn password_characters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive_password(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    // One derivation takes a tenth of a second.
    session.steps(200_000)?;
    let kind = bytes(arguments, 1);
    let Some(patterns) = password_patterns(kind) else {
        return Ok(format!("cannot find password template {}", String::from_utf8_lossy(kind)).into());
    };
    let length = |text: &[u8]| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
    let (password, user, site) = (bytes(arguments, 2), bytes(arguments, 3), bytes(arguments, 4));
    let salt = [PASSWORD_SEED, &length(user), user].concat();
    let mut key = [0; 64];
    let parameters = scrypt::Params::new(15, 8, 2)
        .map_err(|error| Fault::new(format!("failed to derive password: {error}")))?;
    scrypt::scrypt(password, &salt, &parameters, &mut key)
        .map_err(|error| Fault::new(format!("failed to derive password: {error}")))?;
    let counter = match any(arguments, 0).data {
        Data::Uint64(number) => u32::try_from(number & u64::from(u32::MAX)).unwrap_or(0),
        _ => 0,
    };
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key)
        .map_err(|error| Fault::new(format!("failed to derive password: {error}")))?;
    mac.update(&[PASSWORD_SEED, &length(site), site, &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let pick = |at: usize, count: usize| usize::from(seed.get(at).copied().unwrap_or(0)) % count.max(1);
    let pattern = patterns.get(pick(0, patterns.len())).copied().unwrap_or_default();
    let characters = pattern.bytes().enumerate().map(|(at, class)| {
        let characters = password_characters(class);
        characters.get(pick(at + 1, characters.len())).copied().unwrap_or(b'0')
    });
    Ok(characters.collect::<Vec<u8>>().into())
}

fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0_u8; 32];
    key.iter_mut().zip(password).for_each(|(to, from)| *to = *from);
    key
}

/// The result starts with a random block in Sprig: here it is always the same, and the whole unknown.
fn encrypt(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let mut plain = bytes(arguments, 1).to_vec();
    if plain.is_empty() {
        return Ok("".into());
    }
    let padding = 16 - plain.len() % 16;
    plain.resize(plain.len() + padding, u8::try_from(padding).unwrap_or(16));
    let start = [0_u8; 16];
    let mut encryptor = cbc::Encryptor::<Aes256>::new_from_slices(&aes_key(bytes(arguments, 0)), &start)
        .map_err(|error| Fault::new(error.to_string()))?;
    let mut encrypted = start.to_vec();
    for block in plain.chunks_exact(16) {
        let Ok(mut block) = cbc::cipher::Block::<Aes256>::try_from(block) else { break };
        encryptor.encrypt_block(&mut block);
        encrypted.extend_from_slice(&block);
    }
    Ok(Value::string(base64_encode(&encrypted), unknown("encryptAES", "chance")))
}

fn decrypt(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    if bytes(arguments, 1).is_empty() {
        return Ok("".into());
    }
    let key = aes_key(bytes(arguments, 0));
    let encrypted = base64_decode(bytes(arguments, 1)).map_err(|at| Fault::new(illegal("base64", at)))?;
    let Some((start, blocks)) = encrypted.split_at_checked(16) else {
        let length = encrypted.len();
        return Err(Fault::new(format!(
            "runtime error: slice bounds out of range [:16] with capacity {length}"
        )));
    };
    if blocks.len() % 16 != 0 {
        return Err(Fault::new("crypto/cipher: input not full blocks"));
    }
    let mut decryptor = cbc::Decryptor::<Aes256>::new_from_slices(&key, start)
        .map_err(|error| Fault::new(error.to_string()))?;
    let mut plain = Vec::with_capacity(blocks.len());
    for block in blocks.chunks_exact(16) {
        let Ok(mut block) = cbc::cipher::Block::<Aes256>::try_from(block) else { break };
        decryptor.decrypt_block(&mut block);
        plain.extend_from_slice(&block);
    }
    let Some(&padding) = plain.last() else {
        return Err(Fault::new("runtime error: index out of range [-1]"));
    };
    let Some(length) = plain.len().checked_sub(padding.into()) else {
        let end = plain.len().abs_diff(padding.into());
        return Err(Fault::new(format!("runtime error: slice bounds out of range [:-{end}]")));
    };
    plain.truncate(length);
    Ok(plain.into())
}
