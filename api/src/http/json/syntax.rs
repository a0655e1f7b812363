//! What keeps a text from being a JSON document, said alike in both languages. The reader's own words are English only.

use domain::locale::{Bilingual, both};
use serde_json::Error;

/// What [`super::Strict`] says of a document with too many levels.
pub(super) const TOO_DEEP: &str = "too deep";

/// How the reader's words begin, and ours.
static KNOWN: &[(&str, Bilingual)] = &[
    (TOO_DEEP, both("more than 100 levels", "嵌套超过 100 层")),
    ("EOF", both("it ends in the middle", "内容不完整")),
    ("trailing comma", both("a comma too many", "多了一个逗号")),
    ("trailing characters", both("something follows the document", "文档之后还有内容")),
    ("expected value", both("a value is needed", "此处应为一个值")),
    ("expected `:`", both("a colon is needed", "此处应为冒号")),
    ("expected `,` or `]`", both("a comma or the end of the list is needed", "此处应为逗号或列表的结尾")),
    ("expected `,` or `}`", both("a comma or the end of the object is needed", "此处应为逗号或对象的结尾")),
    ("key must be a string", both("a name in quotes is needed", "此处应为带引号的字段名")),
    ("invalid number", both("this is no number", "数字有误")),
    ("number out of range", both("the number is too large", "数字过大")),
    ("control character", both("a control character must be escaped", "控制字符须转义")),
    ("invalid escape", both("there is no such escape", "没有这种转义")),
    ("lone leading surrogate", both("half a character is escaped", "转义的字符不完整")),
    ("unexpected end of hex escape", both("half a character is escaped", "转义的字符不完整")),
];

/// What is said of everything else.
const WRONG: Bilingual = both("the syntax is wrong", "语法有误");

/// What is wrong and where, in English and in Chinese.
pub(super) fn said(error: &Error) -> (String, String) {
    let (line, column, text) = (error.line(), error.column(), error.to_string());
    let known = KNOWN.iter().find(|(begin, _)| text.starts_with(begin));
    let wrong = known.map_or(WRONG, |(_, ours)| *ours);
    (
        format!("{} at line {line}, column {column}", wrong.en),
        format!("第 {line} 行第 {column} 列{}", wrong.zh),
    )
}
