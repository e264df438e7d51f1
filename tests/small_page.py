"""A headline and a text that pages of invented themes are made around."""

from __future__ import annotations

TITLE = "Dermaga Pasar Baru Selesai Diperbaiki"
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "Dermaga kayu di belakang Pasar Baru kembali dipakai nelayan sejak Senin pagi.",
        "Tukang mengganti empat puluh papan yang lapuk dan menambah lampu di ujungnya.",
        "“Kami tidak lagi menurunkan ikan dari atas lumpur,” kata Rusdi, seorang nelayan.",
        "Dinas perikanan meminta kapal besar tetap bersandar di pelabuhan lama.",
    )
)
