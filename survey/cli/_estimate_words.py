"""The sentences and headings of analysis plans in Vietnamese; ``analysis`` itself speaks English."""

from __future__ import annotations

import re
from typing import Final

from analysis.plan import PlanError

# The words that stand inside sentences.
_NOUNS: Final = {
    "the weight": "trọng số",
    "the replicate weight": "trọng số lặp",
    "the stratum": "tầng",
    "the cluster": "cụm",
    "the population size": "quy mô tổng thể",
    "the category": "nhóm",
    "the number to calibrate to": "số dùng để hiệu chỉnh",
    "stratum": "tầng",
    "cluster": "cụm",
    "the plan": "kế hoạch",
}
_IN: Final = "in {}, {} "
_TRONG: Final = "trong {0}, khóa {1} "
_KEYS: Final = {
    "is missing; add it": "còn thiếu; hãy thêm vào",
    "is not known; did you mean {}?": "không có; có phải ý bạn là {2}?",
    "is not known; leave it out": "không có; hãy bỏ đi",
    "is not known; {}": "không có; {2}",
    "must be a text in quotation marks": "phải là chữ trong dấu nháy",
    "must be a text in quotation marks, or a list of them": "phải là chữ trong dấu nháy, hoặc một danh sách chữ",
    "must be one text or number": "phải là một chữ hoặc một số",
    "must be a text or a number, or a list of them": "phải là chữ hoặc số, hoặc một danh sách",
    "must be a number": "phải là một số",
    "must be a whole number of at least 0": "phải là số nguyên từ 0 trở lên",
    "must be true or false": "phải là true hoặc false",
    "is {}; choose one of {}": "là {2}; hãy chọn một trong {3}",
    "must be its lowest and highest value, such as [1, 5]": "phải là giá trị thấp nhất và cao nhất, như [1, 5]",
    "must be a table: {}": "phải là một bảng: {2}",
    "must be written as {}": "phải viết là {2}",
    "is {}; give a share such as 0.95": "là {2}; hãy ghi một tỷ lệ như 0.95",
    "is {}; give a share such as 0.5 for the median": "là {2}; hãy ghi một tỷ lệ như 0.5 cho trung vị",
    "is {}; give a share of at least 0 and below 1": "là {2}; hãy ghi một tỷ lệ từ 0 đến dưới 1",
    "is missing; name the column to divide by": "còn thiếu; hãy ghi tên cột làm mẫu số",
    "is for a ratio; leave it out": "chỉ dùng cho tỷ số (ratio); hãy bỏ đi",
    "compares a value with itself; give two different values": (
        "so một giá trị với chính nó; hãy ghi hai giá trị khác nhau"
    ),
    "is missing; give a whole number, so that the same plan gives the same sets": (
        "còn thiếu; hãy ghi một số nguyên, để cùng một kế hoạch cho cùng một kết quả"
    ),
    "is missing; give a whole number, so that the same plan gives the same weights": (
        "còn thiếu; hãy ghi một số nguyên, để cùng một kế hoạch cho cùng các trọng số"
    ),
    "is missing; say which values count as satisfied, such as [4, 5]": (
        "còn thiếu; hãy ghi những giá trị được coi là hài lòng, như [4, 5]"
    ),
    "does not go with a {}; leave it out, or ask for the share": (
        "không đi cùng {2}; hãy bỏ đi, hoặc yêu cầu tỷ lệ (share)"
    ),
    "does not go with margins; take one of them": "không đi cùng margin; hãy chọn một trong hai",
    "does not go with replicates; supply replicate weights that were calibrated each": (
        "không đi cùng replicates; hãy dùng các trọng số lặp đã được hiệu chỉnh từng bộ"
    ),
    "is missing; give the known totals of columns of numbers": "còn thiếu; hãy ghi tổng đã biết của các cột số",
    "is missing; give the number of units in every category": "còn thiếu; hãy ghi số đơn vị của từng nhóm",
    "holds supplied replicate weights, and those only; name their columns, or the kind to make": (
        "chỉ dành cho trọng số lặp có sẵn; hãy ghi tên các cột đó, hoặc ghi loại (kind) cần tạo"
    ),
    "must be above 0; take what the supplier of the weights states": (
        "phải lớn hơn 0; hãy lấy số do nơi cung cấp trọng số công bố"
    ),
}
_DATA: Final = {
    "the plan asks for nothing; add an [[estimate]], a [[change]] or a [[ranking]]": (
        "kế hoạch không yêu cầu gì; hãy thêm [[estimate]], [[change]] hoặc [[ranking]]"
    ),
    "the plan is not UTF-8 text; save it as UTF-8": "kế hoạch không phải văn bản UTF-8; hãy lưu lại dạng UTF-8",
    "the plan is not valid TOML ({}); correct it there": "kế hoạch sai cú pháp TOML ({0}); hãy sửa tại chỗ đó",
    "the file is empty; it needs a header line and rows": "tệp trống; cần có dòng tiêu đề và các dòng số liệu",
    "the text is not UTF-8; save the file as UTF-8": "văn bản không phải UTF-8; hãy lưu tệp dạng UTF-8",
    "there is a header and no row below it; put in the data": "chỉ có dòng tiêu đề; hãy thêm số liệu bên dưới",
    "the file is not valid CSV ({}); check the quotation marks": "tệp sai dạng CSV ({0}); hãy xem lại dấu nháy",
    "the header names {} {} times; rename all but one": "tiêu đề có {1} cột tên {0}; hãy đổi tên, chỉ giữ một cột",
    "there is no such column; correct the plan or the header: did you mean {}?": (
        "không có cột này; hãy sửa kế hoạch hoặc tiêu đề: có phải ý bạn là {0}?"
    ),
    "there is no such column; correct the plan or the header: there are {}": (
        "không có cột này; hãy sửa kế hoạch hoặc tiêu đề: hiện có {0}"
    ),
    "there is no such column; correct the plan or the header: the cells seem to be divided by semicolons, write {}": (
        'không có cột này; các ô có vẻ cách nhau bằng dấu chấm phẩy, hãy ghi delimiter = ";" trong kế hoạch'
    ),
    "there is no such column; correct the plan or the header: {}": (
        "không có cột này; hãy sửa kế hoạch hoặc tiêu đề: {0}"
    ),
    "the row has {} cells and the header {}; correct the row, or the plan's delimiter": (
        "dòng có {0} ô còn tiêu đề có {1}; hãy sửa dòng này, hoặc dấu ngăn cách (delimiter) trong kế hoạch"
    ),
    "{} is empty; fill it in or take the row out": "{0} bị trống; hãy điền vào hoặc bỏ dòng này",
    "{} is {}, which is not a number; correct it": "{0} là {1}, không phải số; hãy sửa lại",
    "{} is {}, which is too large to compute with; correct it": "{0} là {1}, lớn quá mức tính được; hãy sửa lại",
    "{} is {}, {}; correct it": "{0} là {1}, {2}; hãy sửa lại",
    "the answer is {}, which is not a number; correct it or list it under missing": (
        "câu trả lời là {0}, không phải số; hãy sửa lại hoặc ghi vào missing"
    ),
    "the answer is {}, which is too large to compute with; correct it or list it under missing": (
        "câu trả lời là {0}, lớn quá mức tính được; hãy sửa lại hoặc ghi vào missing"
    ),
    "the answer is {}, which is outside the scale {} to {}; correct it or list it under missing": (
        "câu trả lời là {0}, nằm ngoài thang điểm {1} đến {2}; hãy sửa lại hoặc ghi vào missing"
    ),
    "the answer is {}, {}; correct it or list it under missing": (
        "câu trả lời là {0}, {1}; hãy sửa lại hoặc ghi vào missing"
    ),
    "no row has the value {}; correct the plan: there are {}": (
        "không dòng nào có giá trị {0}; hãy sửa kế hoạch: hiện có {1}"
    ),
    "a unit of {} shows no variance; declare the scale, such as scale = [1, 5]": (
        "một đơn vị của {0} có mọi câu trả lời như nhau; hãy khai thang điểm, như scale = [1, 5]"
    ),
}
_DESIGN: Final = {
    "JK1 is for a design without strata; ask for JKn": "JK1 chỉ dùng khi không phân tầng; hãy dùng JKn",
    "lonely_stratum is {}; choose one of {}": "lonely_stratum là {0}; hãy chọn một trong {1}",
    "the design has no rows; a sample needs at least one": "mẫu không có dòng nào; cần ít nhất một dòng",
    "the columns of the design have {} rows; give one value a row": (
        "các cột của thiết kế mẫu có {0} dòng; mỗi dòng cần một giá trị"
    ),
    "the replicate weights must have one row for each weight": "trọng số lặp phải có đủ dòng như trọng số",
    "there are more population sizes than stages; give one a stage": (
        "có nhiều cột quy mô tổng thể hơn số cấp chọn mẫu; mỗi cấp chỉ một cột"
    ),
    "the population size {} is no number of units; give the units that were available": (
        "quy mô tổng thể {0} không phải số đơn vị; hãy ghi số đơn vị hiện có khi chọn mẫu"
    ),
    "the population size differs within one drawing; give every row of a stratum or cluster the same": (
        "quy mô tổng thể khác nhau trong cùng một lần chọn; mọi dòng của một tầng hoặc cụm phải ghi như nhau"
    ),
    "{} units were drawn of a population of {}; correct the population size or look for doubles": (
        "đã chọn {0} đơn vị từ tổng thể chỉ có {1}; hãy sửa quy mô tổng thể hoặc tìm dòng trùng"
    ),
    "only one unit was drawn here, which shows no variance; merge it with a neighbour or set lonely_stratum to {}": (
        "chỉ có một đơn vị được chọn nên không tính được phương sai; hãy gộp với tầng bên cạnh, hoặc đặt "
        "lonely_stratum là “remove”, “certainty”, “adjust” hoặc “average”"
    ),
    "the weight {} is negative or not a number; give a number of at least 0": (
        "trọng số {0} âm hoặc không phải số; hãy ghi số từ 0 trở lên"
    ),
    "every weight is 0; at least one row must count": "mọi trọng số đều bằng 0; ít nhất một dòng phải được tính",
    "a stratum with one cluster cannot be jackknifed; merge it with a neighbour": (
        "tầng chỉ có một cụm không lập được jackknife; hãy gộp với tầng bên cạnh"
    ),
    "a stratum with one cluster cannot be resampled; merge it with a neighbour": (
        "tầng chỉ có một cụm không chọn lại mẫu được; hãy gộp với tầng bên cạnh"
    ),
    "balanced half-samples need two clusters in every stratum; join or split strata": (
        "BRR cần đúng hai cụm trong mỗi tầng; hãy gộp hoặc tách tầng"
    ),
    "a weight or replicate weight is negative or not a number; give numbers of at least 0": (
        "trọng số hoặc trọng số lặp âm hoặc không phải số; hãy ghi số từ 0 trở lên"
    ),
    "there are {} replicate weights and {} replicate_scales; give one scale each": (
        "có {0} trọng số lặp và {1} replicate_scales; mỗi trọng số cần một hệ số"
    ),
    "raking did not converge: {} is still off by {} of its number; join small categories": (
        "gia trọng theo nhiều chiều không hội tụ: {0} còn lệch {1}; hãy gộp các nhóm nhỏ"
    ),
    "weights between {} and {} cannot add up to {}; widen the bounds": (
        "trọng số từ {0} đến {1} không thể cộng thành {2}; hãy nới giới hạn"
    ),
    "{} = {} occurs in the sample but has no known number; add it or recode the rows": (
        "{0} = {1} có trong mẫu nhưng chưa có số đã biết; hãy thêm số đó hoặc mã lại các dòng"
    ),
    "the known numbers of {} add up to 0; give the numbers of the population": (
        "các số đã biết của {0} cộng lại bằng 0; hãy ghi số của tổng thể"
    ),
    "the known number of {} = {} is {}; give a number of at least 0": (
        "số đã biết của {0} = {1} là {2}; hãy ghi số từ 0 trở lên"
    ),
    "nobody in the sample has {} = {}; join it with another category": (
        "trong mẫu không có ai thuộc {0} = {1}; hãy gộp với nhóm khác"
    ),
    "{} adds up to {} and {} to {}; all margins must describe the same population": (
        "{0} cộng lại được {1} còn {2} được {3}; mọi chiều phải nói về cùng một tổng thể"
    ),
    "the bounds are {} and {}; the factor 1 must lie between them": "giới hạn là {0} và {1}; số 1 phải nằm ở giữa",
    "logit calibration needs two finite bounds, such as (0.3, 3)": (
        "hiệu chỉnh logit cần hai giới hạn hữu hạn, như bounds = [0.3, 3]"
    ),
    "{} is missing in a row or has no known total; complete it or leave it out": (
        "{0} thiếu ở một dòng hoặc chưa có tổng đã biết; hãy bổ sung hoặc bỏ đi"
    ),
    "calibration did not converge: {} is still off by {}; widen the bounds": (
        "hiệu chỉnh không hội tụ: {0} còn lệch {1}; hãy nới giới hạn"
    ),
}
_UNKNOWN: Final = "không thực hiện được; câu tiếng Anh bên dưới nói rõ chỗ sai và cách sửa"

# Headings, verdicts and other short words of the printed table.
BESIDE: Final = {
    "estimate": "ước lượng",
    "std. error": "sai số chuẩn",
    "low": "cận dưới",
    "high": "cận trên",
    "df": "bậc tự do",
    "deff": "hiệu ứng TK",
    "eff. n": "n hiệu dụng",
    "missing": "thiếu",
    "level": "mức",
    "rank": "hạng",
    "from": "từ hạng",
    "to": "đến hạng",
    "n before": "n trước",
    "n after": "n sau",
    "difference": "chênh lệch",
    "p adjusted": "p hiệu chỉnh",
    "verdict": "kết luận",
    "change": "thay đổi",
    "between": "giữa",
    "improved": "cải thiện",
    "declined": "giảm sút",
    "no evidence of change": "chưa đủ căn cứ kết luận có thay đổi",
    "not comparable": "không so sánh được",
    "share": "tỷ lệ",
    "mean": "trung bình",
    "total": "tổng",
    "ratio": "tỷ số",
    "distribution": "phân bố",
    "quantile": "phân vị",
    "simultaneous": "đồng thời",
    "marginal": "riêng từng đơn vị",
    "head of an estimate": "{name}: {statistic} của {outcome}, khoảng tin cậy {interval} {level}",
    "head of the changes": "các thay đổi, {level}",
    "head of a ranking": "{name}: thứ hạng theo {outcome}, tập hạng {sets} {level} ({method})",
    "units that share clusters": "các đơn vị có chung cụm nhưng được xếp hạng như thể độc lập với nhau",
    "data": "{data}: {rows} dòng, SHA-256 {data_sha256}",
    "design": "thiết kế mẫu: {degrees_of_freedom} bậc tự do, hiệu ứng thiết kế của riêng trọng số (Kish) {kish:.4g}",
    "plan": "kế hoạch: SHA-256 {plan_sha256}",
    "version": "phiên bản {version}",
}


def _as_pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, sentence.split("{}"))), re.DOTALL)


_SENTENCES: Final = [
    (_as_pattern(english), vietnamese)
    for english, vietnamese in (
        *((_IN + english, _TRONG + vietnamese) for english, vietnamese in _KEYS.items()),
        *_DATA.items(),
        *_DESIGN.items(),
    )
]
_NAMED = re.compile("(stratum|cluster) (.+?): (.+)", re.DOTALL)


def in_vietnamese(error: PlanError) -> str:
    """Say in Vietnamese what a plan or its data lack: place, problem, remedy."""
    place = [error.file] if error.file else []
    place += [] if error.line is None else [f"dòng {error.line}"]
    place += [f"cột {error.column}"] if error.column else []
    problem = problem_in_vietnamese(error.problem) or _UNKNOWN
    return as_sentence(f"{', '.join(place)}: {problem}" if place else problem)


def as_sentence(text: str) -> str:
    """End a text with a full stop where nothing else ends it."""
    return text if text.endswith("?") else f"{text}."


def problem_in_vietnamese(problem: str) -> str | None:
    """Return the sentence in Vietnamese, None where it is not known."""
    for pattern, vietnamese in _SENTENCES:
        if found := pattern.fullmatch(problem):
            return vietnamese.format(*(_NOUNS.get(part, part) for part in found.groups()))
    if named := _NAMED.fullmatch(problem):
        kind, name, rest = named.groups()
        inner = problem_in_vietnamese(rest)
        return None if inner is None else f"{_NOUNS[kind]} {name}: {inner}"
    return None
