from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from crawler.items import FoundDate
from crawler.normalise.dates import find_dates, normalise, read_published
from tests.growth import LINEAR, growth

WIB = dt.timezone(dt.timedelta(hours=7))
ANCHOR = dt.datetime(2023, 3, 16, 10, 0, tzinfo=WIB)  # a Thursday, in ISO week 11
NEW_YEAR = dt.datetime(2024, 1, 2, 8, 0, tzinfo=WIB)  # a Tuesday

READ: dict[str, list[tuple[str, str]]] = {
    "deadlines": [
        ("berkas diterima sampai tanggal 20 April", "2023-04-20"),
        ("pendaftaran dibuka hingga 20 April", "2023-04-20"),
        ("laporan harus masuk sebelum 20 April", "2023-04-20"),
        ("batas waktu pelaporan 20 April", "2023-04-20"),
        ("kewajiban itu jatuh tempo pada 20 April", "2023-04-20"),
        ("tenggatnya (31/3)", "2023-03-31"),
        ("melewati tenggat 31/3", "2023-03-31"),
        ("rampung sebelum 10 Maret", "2023-03-10"),
        ("posko buka sampai tanggal 20 April lalu", "2022-04-20"),
        ("akan kami laporkan 20 April lalu", "2022-04-20"),
    ],
    "from a relative day to a printed one": [
        ("berlangsung mulai hari ini hingga 20 Maret 2023", "2023-03-16/2023-03-20"),
        ("dibuka mulai besok sampai tanggal 20 Maret", "2023-03-17/2023-03-20"),
        ("sejak kemarin hingga Senin (20/3)", "2023-03-15/2023-03-20"),
    ],
    "opening of an agency's report": [
        ("CURUP, 3/3 - Hujan deras merendam dua kelurahan", "2023-03-03"),
        ("TEBAT SARI, 28/2 – Panen raya dimulai", "2023-02-28"),
    ],
    "short forms and slips": [
        ("9 Ag. 2018", "2018-08-09"),
        ("9 Ag 2018", "2018-08-09"),
        ("rapat dimulai pukul 10: 15", "2023-03-16T10:15+07:00"),
        ("per Januari 2023 tercatat 300 kasus", "2023-01"),
    ],
    "weekday and bracketed date": [
        ("kata Lurah Tebat Sari, Rabu (15/3/2023).", "2023-03-15"),
        ("Rabu(15/3)", "2023-03-15"),
        ("Rabu ( 15/3 )", "2023-03-15"),
        ("Rabu, (15/03/23)", "2023-03-15"),
        ("(Rabu, 15/3/2023)", "2023-03-15"),
        ("[Rabu (15/3)]", "2023-03-15"),
        ("Rabu [15/3/2023]", "2023-03-15"),
        ("Rabu (15 Maret 2023)", "2023-03-15"),
        ("Rabu malam (15/3)", "2023-03-15"),
        ("Rabu (malam) (15/3)", "2023-03-15"),
        ("Rabu pekan ini (15/3)", "2023-03-15"),
        ("Rabu siang tadi (15/3/2023)", "2023-03-15"),
        ("Rabu kemarin (15/3)", "2023-03-15"),
        ("Rabu malam Kamis (15/3)", "2023-03-15"),
        ("Rabu Pahing (15/3)", "2023-03-15"),
        ("Rabu tanggal 15/3/2023", "2023-03-15"),
        ("Rabu sekitar pukul 09.00 WIB (15/3)", "2023-03-15T09:00+07:00"),
        ("Rabu. (15/3/2023)", "2023-03-15"),
        ("15 Maret 2023 (Rabu)", "2023-03-15"),
    ],
    "named months": [
        ("15 Maret 2023", "2023-03-15"),
        ("Rabu, 15 Maret 2023", "2023-03-15"),
        ("hari Rabu tanggal 15 Maret 2023", "2023-03-15"),
        ("Rabu/15 Maret 2023", "2023-03-15"),
        ("15-Mar-2023", "2023-03-15"),
        ("15/Mar/2023", "2023-03-15"),
        ("15.Mar.2023", "2023-03-15"),
        ("15 MARET 2023", "2023-03-15"),
        ("15 Mar. 2023", "2023-03-15"),
        ("15 Maret, 2023", "2023-03-15"),
        ("15 Maret'23", "2023-03-15"),
        ("17 Mei '98", "1998-05-17"),
        ("(15 Mar 23)", "2023-03-15"),
        ("15 bulan Maret tahun 2023, tepatnya tanggal 15 bulan Maret tahun 2023", "2023-03-15"),
        ("tanggal dua puluh satu Februari 2023", "2023-02-21"),
        ("lahir di Sungai Betung, 3 Juni 1974", "1974-06-03"),
        ("BUKIT SARI-14 Maret 2023", "2023-03-14"),
        ("SK Nomor 7 Tahun 2022 tanggal 5 Desember 2022", "2022-12-05"),
        ("12 Februari tahun lalu", "2022-02-12"),
        ("12 Februari tahun ini", "2023-02-12"),
        ("12 Februari dua tahun lalu", "2021-02-12"),
    ],
    "month first": [
        ("March 15, 2023", "2023-03-15"),
        ("Rabu, Maret 15, 2023", "2023-03-15"),
        ("Mar 15, 2023 4:05 pm", "2023-03-15T16:05+07:00"),
        ("March 15th, 2023", "2023-03-15"),
        ("15th March 2023", "2023-03-15"),
        ("March 15", "2023-03-15"),
        ("Februari 12", "2023-02-12"),
    ],
    "numbers alone": [
        ("15/3/2023", "2023-03-15"),
        ("15-03-2023", "2023-03-15"),
        ("15.03.2023", "2023-03-15"),
        ("15 / 3 / 2023", "2023-03-15"),
        ("2023-03-15", "2023-03-15"),
        ("2023/3/15", "2023-03-15"),
        ("di Kampung Durian, 7-11-1961", "1961-11-07"),
        ("Rabu (15-3-2023)", "2023-03-15"),
        ("Rabu (15.3.2023)", "2023-03-15"),
        ("Rabu (15-3-23)", "2023-03-15"),
        ("Rabu (15-3)", "2023-03-15"),
        ("Rabu (15.3)", "2023-03-15"),
        ("tanggal 15/3", "2023-03-15"),
        ("tgl. 15/3", "2023-03-15"),
        ("pada 28/2 lalu", "2023-02-28"),
        ("H-9 (13/4)", "2022-04-13"),
        ("kemarin (15/3)", "2023-03-15"),
        ("(Harian Lembah, 14/3)", "2023-03-14"),
    ],
    "day first, and what forces another order": [
        ("5/6/2022", "2022-06-05"),
        ("5/6/22", "2022-06-05"),
        ("5/16/2022", "2022-05-16"),
        ("5-16-2022", "2022-05-16"),
        ("2022/6/5", "2022-06-05"),
        ("17/8/68 dan seterusnya", "2022-08-17"),  # 2068 is no year to write about in 2023
        ("17/8/69", "1969-08-17"),
        ("17/8/99", "1999-08-17"),
        ("17/8/00", "2000-08-17"),
    ],
    "no year": [
        ("16 Maret", "2023-03-16"),
        ("17 Maret", "2022-03-17"),
        ("31 Desember", "2022-12-31"),
        ("29 Februari", "2020-02-29"),
        ("Jumat (17/3)", "2023-03-17"),
        ("Kamis (17/3)", "2022-03-17"),
        ("Sabtu (17/3)", "2022-03-17"),
        ("17 Maret mendatang", "2023-03-17"),
        ("17 Maret nanti", "2023-03-17"),
        ("17 Maret yang akan datang", "2023-03-17"),
        ("lomba akan digelar pada 2 April", "2023-04-02"),
        ("paling lambat 31 Maret", "2023-03-31"),
        ("besok, 17 Maret", "2023-03-17"),
        ("dijadwalkan 20 Juni", "2022-06-20"),  # more than 60 days ahead
        ("per 28 Februari", "2023-02-28"),
    ],
    "years that cannot be": [
        ("Rabu (15/3/20223)", "2023-03-15"),
        ("Rabu, 15 Maret 20023", "2023-03-15"),
        ("15 Maret 2203", "2023-03-15"),
        ("15 Maret 223", "2023-03-15"),
        ("pada 12 Februari 1200 orang hadir", "2023-02-12"),
        ("pada 12 Februari 20 orang hadir", "2023-02-12"),
    ],
    "weekday at odds": [
        ("Senin (15/3/2023)", "2023-03-15"),
        ("Selasa, Rabu 15 Maret 2023", "2023-03-15"),
        ("Senin (15/3)", "2023-03-15"),
    ],
    "clock times": [
        ("pukul 07.45", "2023-03-16T07:45+07:00"),
        ("pkl. 07:45 WIB", "2023-03-16T07:45+07:00"),
        ("jam 07.45WITA", "2023-03-16T07:45+08:00"),
        ("Pukul : 07.45 wit", "2023-03-16T07:45+09:00"),
        ("07.45 Wib", "2023-03-16T07:45+07:00"),
        ("pukul 07:45:20 WIB", "2023-03-16T07:45:20+07:00"),
        ("jam 04.05.06", "2023-03-16T04:05:06+07:00"),
        ("07:45", "2023-03-16T07:45+07:00"),
        ("mulai 07:45", "2023-03-16T07:45+07:00"),
        ("04.05.06", "2023-03-16T04:05:06+07:00"),
        ("pukul 7 WIB", "2023-03-16T07:00+07:00"),
        ("07.45 waktu Indonesia timur", "2023-03-16T07:45+09:00"),
        ("pukul 07.45 WIB atau 08.45 WITA", "2023-03-16T07:45+07:00"),
        ("Rabu (15/3) pukul 24.00 WIB", "2023-03-16T00:00+07:00"),
        ("Rabu (15/3) pukul 00.00 WIB", "2023-03-15T00:00+07:00"),
        ("Rabu (15/3/2023), sekira pukul 07.45 WIB", "2023-03-15T07:45+07:00"),
        ("sekitar pukul 07.45 WIB, Rabu (15/3/2023)", "2023-03-15T07:45+07:00"),
        ("Rabu (15/3) di simpang Tebat Sari sekitar pukul 07.45", "2023-03-15T07:45+07:00"),
        ("15/3/2023 07.45 WITA", "2023-03-15T07:45+08:00"),
        ("15 Maret 2023 | 07:45 WIB", "2023-03-15T07:45+07:00"),
        ("15 Maret 2023 (07.45 WIB)", "2023-03-15T07:45+07:00"),
        ("Rabu (15/3/2023) pukul 07.45 WIB - selesai", "2023-03-15T07:45+07:00"),
        ("15 Maret 2023 07:45 +08:00", "2023-03-15T07:45+08:00"),
        ("15 Mar 2023 07:45 GMT+8", "2023-03-15T07:45+08:00"),
        ("Wed, 15 Mar 2023 07:45:00 +0700", "2023-03-15T07:45:00+07:00"),
        ("2023-03-15T07:45:00.000Z", "2023-03-15T07:45:00+00:00"),
        ("2023-03-15T07:45:00+0900", "2023-03-15T07:45:00+09:00"),
        ("2023-03-15WITA07:45", "2023-03-15T07:45+08:00"),
        ("Rabu (15/3) pukul 25.00 WIB", "2023-03-15"),
        ("15 Maret 2023, 12.50 persen warga", "2023-03-15"),
        ("pukul 08.00-11.30 WIB", "2023-03-16T08:00+07:00/2023-03-16T11:30+07:00"),
        ("15/3/2023 jam 22.00 s/d 01.00", "2023-03-15T22:00+07:00/2023-03-16T01:00+07:00"),
    ],
    "parts of the day": [
        ("jam 9 pagi", "2023-03-16T09:00+07:00"),
        ("jam 9 malam", "2023-03-16T21:00+07:00"),
        ("pukul 4 sore", "2023-03-16T16:00+07:00"),
        ("pukul 1 siang", "2023-03-16T13:00+07:00"),
        ("pukul 11 siang", "2023-03-16T11:00+07:00"),
        ("jam 2 dini hari", "2023-03-16T02:00+07:00"),
        ("jam 12 malam", "2023-03-17T00:00+07:00"),
        ("jam sembilan malam", "2023-03-16T21:00+07:00"),
        ("jam dua belas siang", "2023-03-16T12:00+07:00"),
        ("pukul 9.15 pagi", "2023-03-16T09:15+07:00"),
        ("buka 10 pagi", "2023-03-16T10:00+07:00"),
        ("pukul 12.30 malam", "2023-03-16T00:30+07:00"),
        ("jam setengah sembilan pagi", "2023-03-16T08:30+07:00"),
        ("pukul 20.15 malam", "2023-03-16T20:15+07:00"),
        ("Rabu (15/3) malam sekitar pukul 9", "2023-03-15T21:00+07:00"),
        ("Rabu (15/3) dini hari", "2023-03-15"),
        ("Rabu dinihari, 15 Maret 2023", "2023-03-15"),
        ("12:10 AM, 15 Maret 2023", "2023-03-15T00:10+07:00"),
    ],
    "ranges": [
        ("13-15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13–15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13 s/d 15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13 s.d. 15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13 sd 15 Maret", "2023-03-13/2023-03-15"),
        ("13 hingga 15 Maret", "2023-03-13/2023-03-15"),
        ("tanggal 13 sampai dengan tanggal 15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13/15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13 dan 14 Maret", "2023-03-13/2023-03-14"),
        ("13, 14 dan 15 Maret 2023", "2023-03-13/2023-03-15"),
        ("13 & 14 Mar 2023", "2023-03-13/2023-03-14"),
        ("27 Februari – 3 Maret 2023", "2023-02-27/2023-03-03"),
        ("27 Februari 2023 s/d 3 Maret 2023", "2023-02-27/2023-03-03"),
        ("30 Desember - 2 Januari 2023", "2022-12-30/2023-01-02"),
        ("30 Desember 2022 - 2 Januari", "2022-12-30/2023-01-02"),
        ("28-2 Maret 2023", "2023-02-28/2023-03-02"),
        ("(13-15/3)", "2023-03-13/2023-03-15"),
        ("(13/14/3)", "2023-03-13/2023-03-14"),
        ("13/14/3/2023", "2023-03-13/2023-03-14"),
        ("13-15/3/2023", "2023-03-13/2023-03-15"),
        ("27/2-3/3", "2023-02-27/2023-03-03"),
        ("(27/2-3/3/2023)", "2023-02-27/2023-03-03"),
        ("27/2/2023-3/3/2023", "2023-02-27/2023-03-03"),
        ("13-15-03-2023", "2023-03-13/2023-03-15"),
        ("2023-03-13 - 2023-03-15", "2023-03-13/2023-03-15"),
        ("Senin-Rabu (13-15/3/2023)", "2023-03-13/2023-03-15"),
        ("Sabtu dan Minggu, 18-19 Maret", "2023-03-18/2023-03-19"),
        ("Jumat, Sabtu dan Minggu (17, 18 dan 19 Maret 2023)", "2023-03-17/2023-03-19"),
        ("Senin (13/3) malam hingga Selasa (14/3) dini hari", "2023-03-13/2023-03-14"),
        ("Sabtu (18/3) dan Minggu (19/3)", "2023-03-18/2023-03-19"),
        ("13 hingga Rabu 15 Maret 2023", "2023-03-13/2023-03-15"),
        ("Senin (13) hingga Rabu (15/3/2023)", "2023-03-13/2023-03-15"),
        ("March 13-15, 2023", "2023-03-13/2023-03-15"),
        ("February 27 - March 3, 2023", "2023-02-27/2023-03-03"),
        ("1-30 April", "2023-04-01/2023-04-30"),
        ("2-8 Desember", "2022-12-02/2022-12-08"),
        ("pekan lalu (6-10 Maret)", "2023-03-06/2023-03-10"),
        ("sejak 4 Juni 2022 hingga kini", "2022-06-04"),
        ("4 Juni 2022-sekarang", "2022-06-04"),
        ("Januari-Maret 2022", "2022-01/2022-03"),
        ("Sabtu dan Minggu lalu", "2023-03-11/2023-03-12"),
    ],
    "weekdays alone": [
        ("ujarnya di Curup, Kamis.", "2023-03-16"),
        ("ujarnya di Curup, Jumat malam.", "2023-03-10"),
        ("Minggu", "2023-03-12"),
        ("Ahad", "2023-03-12"),
        ("Kamis lalu", "2023-03-09"),
        ("Kamis kemarin", "2023-03-09"),
        ("Selasa yang lalu", "2023-03-14"),
        ("Selasa pekan lalu", "2023-03-07"),
        ("Selasa minggu lalu", "2023-03-07"),
        ("Selasa, pekan lalu", "2023-03-07"),
        ("pekan lalu, Selasa", "2023-03-07"),
        ("Jumat pekan ini", "2023-03-17"),
        ("Jumat pekan depan", "2023-03-24"),
        ("Kamis depan", "2023-03-23"),
        ("Jumat mendatang", "2023-03-17"),
        ("Sabtu malam Minggu", "2023-03-11"),
        ("sehari sebelumnya, Selasa", "2023-03-14"),
        ("pukul 10 Rabu lalu", "2023-03-15T10:00+07:00"),
    ],
    "relative days": [
        ("kemarin", "2023-03-15"),
        ("kemarin sore", "2023-03-15"),
        ("kemarin malam sekitar jam 11", "2023-03-15T23:00+07:00"),
        ("kemarin lusa", "2023-03-14"),
        ("kemarin dulu", "2023-03-14"),
        ("hari ini", "2023-03-16"),
        ("besok pagi", "2023-03-17"),
        ("esok hari", "2023-03-17"),
        ("lusa", "2023-03-18"),
        ("tadi malam", "2023-03-15"),
        ("semalam", "2023-03-15"),
        ("tadi pagi pukul 06.10", "2023-03-16T06:10+07:00"),
        ("siang tadi", "2023-03-16"),
        ("dini hari tadi", "2023-03-16"),
        ("malam ini", "2023-03-16"),
        ("nanti malam", "2023-03-16"),
        ("4 hari lalu", "2023-03-12"),
        ("empat hari yang lalu", "2023-03-12"),
        ("dua belas hari silam", "2023-03-04"),
        ("2 (dua) hari lalu", "2023-03-14"),
        ("tiga hari lagi", "2023-03-19"),
        ("sepekan lalu", "2023-03-09"),
        ("dua minggu yang lalu", "2023-03-02"),
        ("tanggal 5 bulan ini", "2023-03-05"),
        ("besok (Jumat)", "2023-03-17"),
        ("kemarin, Rabu", "2023-03-15"),
        ("besok (hari ini)", "2023-03-16"),
        ("hari ini (kemarin, red)", "2023-03-15"),
        ("3 days ago", "2023-03-13"),
    ],
    "explicit beats relative": [
        ("12 Maret kemarin", "2023-03-12"),
        ("hari ini, Kamis (16/3/2023)", "2023-03-16"),
        ("pekan lalu, 8 Maret", "2023-03-08"),
        ("dua hari lalu, Selasa (14/3)", "2023-03-14"),
    ],
    "moments, weeks and months": [
        ("3 jam lalu", "2023-03-16T07:00+07:00"),
        ("sejam yang lalu", "2023-03-16T09:00+07:00"),
        ("12 jam lalu", "2023-03-15T22:00+07:00"),
        ("setengah jam lalu", "2023-03-16T09:30+07:00"),
        ("1 jam 20 menit lalu", "2023-03-16T08:40+07:00"),
        ("pekan lalu", "2023-W10"),
        ("minggu lalu", "2023-W10"),
        ("Minggu depan", "2023-W12"),
        ("pekan ini", "2023-W11"),
        ("akhir pekan depan", "2023-W12"),
        ("bulan lalu", "2023-02"),
        ("bulan depan", "2023-04"),
        ("tiga bulan lalu", "2022-12"),
        ("sebulan lalu", "2023-02"),
        ("akhir Juli 2020", "2020-07"),
        ("awal April", "2022-04"),
        ("pertengahan Maret", "2023-03"),
        ("Mei mendatang", "2023-05"),
        ("Februari lalu", "2023-02"),
        ("Februari tahun lalu", "2022-02"),
        ("bulan Januari", "2023-01"),
        ("sejak awal hingga pertengahan Januari", "2023-01"),
        ("akhir Januari hingga awal Februari 2022", "2022-01/2022-02"),
        ("pada Oktober", "2022-10"),
        ("sejak November 2019", "2019-11"),
    ],
    "old and wrong spellings": [
        ("3 Nopember 2022", "2022-11-03"),
        ("3 Pebruari 2023", "2023-02-03"),
        ("3 Djanuari 1951", "1951-01-03"),
        ("20 Agoestoes 1947", "1947-08-20"),
        ("3 Mrt 2023", "2023-03-03"),
        ("3 Peb 2023", "2023-02-03"),
        ("3 Agt 2022", "2022-08-03"),
        ("3 Ags 2022", "2022-08-03"),
        ("3 Agust. 2022", "2022-08-03"),
        ("3 Sept. 2022", "2022-09-03"),
        ("3 Nop. 2022", "2022-11-03"),
        ("3 Janurai 2023", "2023-01-03"),
        ("3 Febuari 2023", "2023-02-03"),
        ("3 Febrauri", "2023-02-03"),
        ("3 Aprl 2022", "2022-04-03"),
        ("3 Mie 2022", "2022-05-03"),
        ("3 Agusuts 2022", "2022-08-03"),
        ("3 Sepetember", "2022-09-03"),
        ("3 Novembwr 2022", "2022-11-03"),
        ("3 Desmber 2022", "2022-12-03"),
        ("3Maret 2023", "2023-03-03"),
        ("3 Maret2023", "2023-03-03"),
        ("Jum'at (10/3)", "2023-03-10"),
        ("Jum’at, 10 Maret 2023", "2023-03-10"),
        ("Jum`at 10/3/2023", "2023-03-10"),
        ("Jum at (10/3)", "2023-03-10"),
        ('Jum"at (10/3)', "2023-03-10"),
        ("Jum’at", "2023-03-10"),
        ("Senen", "2023-03-13"),
        ("Rebo lalu", "2023-03-15"),
        ("Saptu (11/3)", "2023-03-11"),
        ("Rabu (15/3/2023v)", "2023-03-15"),
        ("Rabu (15/3/)", "2023-03-15"),
        ("Rabu (15//3/2023)", "2023-03-15"),
        ("Rabu (15/3-2023)", "2023-03-15"),
        ("Rabu (15/3 2023)", "2023-03-15"),
        ("Rabu (15/3/2023", "2023-03-15"),
        ("Rabu 15/3/2023)", "2023-03-15"),
        ("Rabu (15\\3\\2023)", "2023-03-15"),
        ("15 Maret 2O23", "2023-03-15"),
        ("pukuk 07.45", "2023-03-16T07:45+07:00"),
        ("pukul 07,45 WIB", "2023-03-16T07:45+07:00"),
        ("pukul 0745 WIB", "2023-03-16T07:45+07:00"),
    ],
    "Hijri beside Gregorian": [
        ("1 Ramadan 1444 H/23 Maret 2023", "2023-03-23"),
        ("Kamis, 1 Ramadan 1444 H/23 Maret 2023 M", "2023-03-23"),
        ("1 Rajab 1444 H jatuh pada Senin Kliwon, 23 Januari 2023", "2023-01-23"),
        ("23 Maret 2023 bertepatan dengan 1 Ramadan 1444 H", "2023-03-23"),
        ("23 Maret 2023 M pukul 03:04:05 WIB", "2023-03-23T03:04:05+07:00"),
    ],
}

REFUSED: dict[str, list[str]] = {
    "impossible": [
        "Jumat (31/9)",
        "30 Februari 2023",
        "29/2/2023",
        "115/3/2023",
        "32 Januari",
        "0 Januari 2023",
        "25 hingga 31 Juni",
        "pukul 25.00 WIB",
        "pukul 09.75",
    ],
    "laws, decrees and other numbers": [
        "Nomor 12/4/SE/2021",
        "SK No. 15/03/2023/DPRD",
        "No. 15/03/2023",
        "UU 20/2003",
        "Pasal 27/28",
        "Pasal 5 ayat 2",
        "Kodim 0408/Lembah Raya",
        "Nomor 5 Tahun 2021",
        "nopol BD 2023 XY",
        "RT 3/RW 2",
        "Km 11/12",
        "0736-54321",
        "0812-2003-2021",
        "(0736) 15-03-23",
        "NIK 1771011503230001",
        "IP 10.15.3.2023",
        "SNI 03-2847-2002",
        "Rp15.03.2023",
        "-3.8, 102.3",
        "1.500/2.000",
    ],
    "scores, shares, verses": [
        "menang 2-1",
        "2 malam",
        "pada 3/4 wilayah",
        "21-15, 21-18",
        "2/3 suara",
        "buka 24/7",
        "layanan darurat (24/7)",
        "Al Kahfi 18:10",
        "QS 2:183",
        "naik 0,56 persen",
        "tahun ajaran 2022/2023",
        "masa bakti 2019-2024",
        "2023",
        "tahun 2023",
        "usia 15 tahun",
        "Siti (15)",
    ],
    "names": [
        "Mei Lestari",
        "Mei (25)",
        "April Hartono",
        "Jalan 17 Agustus",
        "Jl. 10 November No. 5",
        "Universitas 17 Agustus 1945",
        "Stadion 29 Mei",
        "Pasar Minggu",
        "kelurahan Pekan Sabtu yang",
        "Jumat Agung",
        "Rabu Abu",
        "salat Jumat",
        "Covid-19",
        "KTT G-20",
        "Liga 1 Maret",
        "HUT RI ke-77",
        "arus lalu lintas",
    ],
    "shares": [
        "satu dokter untuk 1/2.000 penduduk",
        "Pasar Sari, 3/4 - luasnya terbakar",
        "M.Ag 2 orang",
    ],
    "habits and lengths of time": [
        "setiap Senin",
        "setiap hari Jumat",
        "tiap malam Minggu",
        "Senin-Jumat",
        "Senin hingga Jumat",
        "Senin, Rabu dan Jumat",
        "satu minggu",
        "minggu",
        "selama tiga hari lalu pulang",
        "24 jam",
        "beberapa hari lalu",
        "dua tiga hari lalu",
        "dua hari sebelumnya",
        "keesokan harinya",
        "semalam suntuk",
        "kemarin-kemarin",
        "sampai hari ini",
        "tahun lalu",
        "dua tahun lalu",
        "ke depan",
        "akhir pekan",
    ],
    "Hijri and holidays": [
        "1 Ramadan 1444 H",
        "Kamis, 1 Ramadan 1444 H",
        "17 Rajab",
        "1444 H",
        "H-1 Lebaran",
        "H+6",
    ],
}


def rows(table: dict[str, list[tuple[str, str]]]) -> list[object]:
    return [
        pytest.param(text, meant, id=f"{convention}/{text}")
        for convention, pairs in table.items()
        for text, meant in pairs
    ]


@pytest.mark.parametrize(("text", "meant"), rows(READ))
def test_reads(text: str, meant: str) -> None:
    assert normalise(text, ANCHOR) == meant


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=f"{kind}/{text}") for kind, texts in REFUSED.items() for text in texts],
)
def test_refuses_what_names_no_date(text: str) -> None:
    assert normalise(text, ANCHOR) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("31 Desember", "2023-12-31"),
        ("Minggu (31/12)", "2023-12-31"),
        ("2 Januari", "2024-01-02"),
        ("3 Januari", "2023-01-03"),
        ("Rabu (3/1)", "2024-01-03"),
        ("Selasa (3/1)", "2023-01-03"),
        ("28 Desember - 4 Januari", "2023-12-28/2024-01-04"),
        ("kemarin lusa", "2023-12-31"),
        ("Minggu lalu", "2023-W52"),
        ("bulan lalu", "2023-12"),
        ("Desember", None),
        ("akhir Desember", "2023-12"),
        ("besok pukul 24.00", "2024-01-04T00:00+07:00"),
    ],
)
def test_looks_back_over_new_year(text: str, meant: str | None) -> None:
    assert normalise(text, NEW_YEAR) == meant


def test_refuses_a_day_that_this_month_has_not() -> None:
    assert normalise("tanggal 31 bulan lalu", ANCHOR) is None


def test_a_time_without_zone_takes_that_of_the_anchor() -> None:
    wita = ANCHOR.astimezone(ZoneInfo("Asia/Makassar"))
    assert normalise("Rabu (15/3/2023) pukul 07.45", wita) == "2023-03-15T07:45+08:00"
    assert normalise("Rabu (15/3/2023) pukul 07.45 WIB", wita) == "2023-03-15T07:45+07:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Rabu (15/3/2023)", "2023-03-15"),
        ("15 Maret 2023 pukul 07.45 WIB", "2023-03-15T07:45+07:00"),
        ("15 Maret 2023 pukul 07.45", "2023-03-15"),
        ("13-15 Maret 2023", "2023-03-13/2023-03-15"),
        ("akhir Mei 2014", "2014-05"),
        ("Oktober 2021", "2021-10"),
        ("Oktober", None),
        ("bulan lalu", None),
        ("Rabu (15/3)", None),
        ("kemarin", None),
        ("Rabu", None),
        ("pukul 07.45 WIB", None),
        ("3 jam lalu", None),
    ],
)
def test_without_an_anchor_only_what_is_printed_counts(text: str, meant: str | None) -> None:
    assert normalise(text, None) == meant


BODY = (
    "CURUP – Pemerintah Desa Tebat Sari meresmikan kebun benih, Rabu (15/3/2023). Kebun seluas "
    "3/4 hektare itu dirintis sejak 2 Mei 2021 berdasarkan Perdes Nomor 12/4/2020, kata Kepala "
    "Desa Mulyadi (46).\n\nPanen pertama direncanakan pada 27-29 Maret 2023 pukul 08.00 WIB. "
    "“Kemarin kami undang 35 kelompok tani,” ujarnya. Pendaftaran dibuka Senin (13/3) sekitar "
    "pukul 09.30 dan ditutup 24 Maret. Nomor layanan 0736-54321 buka 24 jam."
)


def test_finds_every_date_of_a_text() -> None:
    assert find_dates(BODY, ANCHOR) == [
        FoundDate(
            text="Rabu (15/3/2023)", date="2023-03-15", resolved="explicit", weekday_agrees=True
        ),
        FoundDate(text="2 Mei 2021", date="2021-05-02", resolved="explicit"),
        FoundDate(
            text="27-29 Maret 2023",
            date="2023-03-27",
            end="2023-03-29",
            time="08:00+07:00",
            resolved="explicit",
        ),
        FoundDate(text="Kemarin", date="2023-03-15", resolved="relative"),
        FoundDate(
            text="Senin (13/3)",
            date="2023-03-13",
            time="09:30+07:00",
            resolved="year-inferred",
            weekday_agrees=True,
        ),
        FoundDate(text="24 Maret", date="2022-03-24", resolved="year-inferred"),
    ]


def test_finds_explicit_dates_alone_without_an_anchor() -> None:
    assert [found.text for found in find_dates(BODY, None)] == [
        "Rabu (15/3/2023)",
        "2 Mei 2021",
        "27-29 Maret 2023",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kata dia, Senin (15/3/2023).", [("Senin (15/3/2023)", "2023-03-15", False)]),
        ("kata dia di Curup, Kamis.", [("Kamis", "2023-03-16", True)]),
        ("besok (Sabtu) ada rapat", [("besok (Sabtu)", "2023-03-17", False)]),
        (
            "pada 2 Maret 2022 dan 5 Mei 2022",
            [("2 Maret 2022", "2022-03-02", None), ("5 Mei 2022", "2022-05-05", None)],
        ),
        (
            "pada 2 Maret dan 5 Mei 2022",
            [("2 Maret", "2022-03-02", None), ("5 Mei 2022", "2022-05-05", None)],
        ),
        (
            "kata dia, Rabu, besok dibuka lagi",
            [("Rabu", "2023-03-15", True), ("besok", "2023-03-17", None)],
        ),
        ("Rabu (pekan lalu) di aula", [("Rabu (pekan lalu)", "2023-03-08", True)]),
        ("hari ini, Kamis (16/3), di aula", [("Kamis (16/3)", "2023-03-16", True)]),
        ("(Harian Lembah, 14/3).", [("14/3", "2023-03-14", None)]),
        ("sejak malam ini dan 3 jam lalu", []),
        (
            "buka mulai hari ini hingga 20 Maret 2023 saja",
            [("hari ini hingga 20 Maret 2023", "2023-03-16", None)],
        ),
        (
            "kata dia hari ini, 20 Maret 2023 dibuka",
            [("20 Maret 2023", "2023-03-20", None)],
        ),
        ("pekan lalu, bulan lalu, Mei 2022", []),
        ("Rabu (31/9)", []),
        ("KEGIATAN RABU (15/3/2023) DI BALAI", [("RABU (15/3/2023)", "2023-03-15", True)]),
        ("İstanbul, 15 Maret 2023", [("15 Maret 2023", "2023-03-15", None)]),
    ],
)
def test_finds(text: str, found: list[tuple[str, str, bool | None]]) -> None:
    assert [
        (each.text, each.date, each.weekday_agrees) for each in find_dates(text, ANCHOR)
    ] == found


MONTHS = {
    1: "januari djanuari january jan djan",
    2: "februari pebruari febuari february feb peb febr pebr",
    3: "maret march mar mrt",
    4: "april apr",
    5: "mei may",
    6: "juni djuni djoeni juny june jun djun",
    7: "juli djuli djoeli july jul djul",
    8: "agustus agoestoes august agt agu ags agust agst agts aug",
    9: "september sep sept",
    10: "oktober october okt oct",
    11: "november nopember nov nop",
    12: "desember december des dec",
}
WEEKDAYS = [
    "senin senen",
    "selasa salasa slasa",
    "rabu rebo",
    "kamis kemis",
    "jumat jum'at jumaat djumat djum'at",
    "sabtu saptu saptoe",
    "minggu ahad",
]


@pytest.mark.parametrize(("number", "words"), MONTHS.items())
def test_finds_every_spelling_of_a_month(number: int, words: str) -> None:
    for word in words.split():
        [found] = find_dates(f"Warga berkumpul pada 3 {word} 2022 di balai desa.", ANCHOR)
        assert found.date == f"2022-{number:02d}-03"


@pytest.mark.parametrize(("number", "words"), list(enumerate(WEEKDAYS)))
def test_finds_every_spelling_of_a_weekday(number: int, words: str) -> None:
    for word in words.split():
        [found] = find_dates(f"kata warga di balai desa, {word.capitalize()}.", ANCHOR)
        assert dt.date.fromisoformat(found.date).weekday() == number


@pytest.mark.parametrize(
    ("text", "day", "printed"),
    [
        ("Petang tadi warga berkumpul.", "2023-03-16", "Petang tadi"),
        ("Warga berkumpul subuh tadi.", "2023-03-16", "subuh tadi"),
        ("Warga berkumpul tadi petang.", "2023-03-16", "tadi petang"),
        ("Warga melapor 3 hr lalu.", "2023-03-13", "3 hr lalu"),
        ("Warga melapor 2 mgg lalu.", "2023-03-02", "2 mgg lalu"),
        ("Warga melapor 3 hari ago.", "2023-03-13", "3 hari ago"),
    ],
)
def test_finds_what_a_snippet_is_read_as(text: str, day: str, printed: str) -> None:
    [found] = find_dates(text, ANCHOR)
    assert (found.date, found.text, found.resolved) == (day, printed, "relative")


WORDS = (
    "hari hr jam menit pekan mgg minggu bulan tahun sehari sepekan sebulan sejam senin rabu jumat "
    "ahad januari mei des tanggal pagi malam subuh kemarin besok lusa semalam tadi nanti awal akhir "
    "satu belas puluh setengah pukul wib wage rajab hingga dan lalu lagi depan ini yang"
)


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("month_and_day", [(1, 1), (12, 31)])
def test_the_calendar_ends_without_a_trace_back(year: int, month_and_day: tuple[int, int]) -> None:
    anchor = dt.datetime(year, *month_and_day, 23, 30, tzinfo=WIB)
    words = WORDS.split()
    phrases = [*words, *(f"{one} {other}" for one in words for other in ("lalu", "depan", "tadi"))]
    phrases += [f"99 {one} {other}" for one in words for other in ("lalu", "lagi")]
    phrases += ["Minggu, pekan depan", "Senin, pekan lalu", "Jumat-Sabtu depan", "30 Des - 2 Jan"]
    phrases += ["31 Desember pukul 24.00", "pukul 23.00-01.00 WIB", "1 Januari", "Des-Jan"]
    for phrase in phrases:
        assert isinstance(normalise(phrase, anchor), str | None)
        assert isinstance(find_dates(f"Mereka datang {phrase} bersama", anchor), list)


def test_no_day_is_before_the_first_or_after_the_last() -> None:
    first, last = (dt.datetime(*day, tzinfo=WIB) for day in ((1, 1, 1), (9999, 12, 31)))
    assert (normalise("kemarin", first), normalise("besok", first)) == (None, "0001-01-02")
    assert (normalise("kemarin", last), normalise("besok", last)) == ("9999-12-30", None)
    assert (normalise("bulan lalu", first), normalise("bulan depan", last)) == (None, None)


def test_the_hour_24_is_the_next_day_and_its_weekday_the_printed_one() -> None:
    [found] = find_dates("Rabu (15/3/2023) pukul 24.00 WIB", ANCHOR)
    assert (found.date, found.time, found.weekday_agrees) == ("2023-03-16", "00:00+07:00", True)


JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Rabu, 15 Maret 2023 | 07:45 WIB", "2023-03-15T07:45+07:00"),
        ("Rabu, 15 Maret 2023 | 07:45 WITA", "2023-03-15T07:45+08:00"),
        ("15 Maret 2023", "2023-03-15"),
        ("Mar 15, 2023 07:45", "2023-03-15T07:45+07:00"),
        ("Rabu, Maret 15, 2023", "2023-03-15"),
        ("2023-03-15T07:45:10+07:00", "2023-03-15T07:45:10+07:00"),
        ("2023-03-15T00:45:10Z", "2023-03-15T00:45:10+00:00"),
        ("Terbit: 15/3/2023 07.45", "2023-03-15T07:45+07:00"),
        ("Oleh Redaksi - 15 Maret 2023", "2023-03-15"),
        ("15 Maret 2023 oleh Rina Puspita 07:45 WIB", "2023-03-15T07:45+07:00"),
        ("Terbit 15/3/2023 07.45 | Diperbarui 16/3/2023 09.00", "2023-03-15T07:45+07:00"),
        ("Diperbarui: 16/3/2023 09.00 | Terbit: 15/3/2023 07.45", "2023-03-15T07:45+07:00"),
        ("Edisi Maret 2023", "2023-03"),
        ("12 Disember 2022 09:15", "2022-12-12T09:15+07:00"),  # Malay
        ("12 Ogos 2022", "2022-08-12"),
    ],
)
def test_reads_when_a_page_was_published(text: str, moment: str) -> None:
    assert read_published(text, JAKARTA) == moment


@pytest.mark.parametrize(
    "text",
    [
        "10 jam lalu",
        "5 years ago",
        "2 minggu yang lalu",
        "kemarin",
        "15 Maret",
        "07:45 WIB",
        "Diperbarui 15 Maret 2023, 07:45 WIB",
        "31 Februari 2023",
        "3 menit baca",
        "12 kata 2022",
        "",
    ],
)
def test_refuses_what_names_no_moment(text: str) -> None:
    assert read_published(text, JAKARTA) is None


@pytest.fixture
def quiet() -> Iterator[None]:
    """Keep the garbage of other tests out of the measurement."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "piece",
    [
        *("1", " ", "(", "1/", "1-", "1, ", "12:30:", "+07:00", "Rabu ", "Rabu (15/3) "),
        *("1 Mei ", "1 septembr 2023 ", "pukul ", "dua hari ", "besok (", "jum ", "1 Syawal "),
    ],
)
def test_cost_grows_with_the_text_alone(piece: str) -> None:
    def read(text: str) -> None:
        find_dates(text, ANCHOR)
        normalise(text, ANCHOR)
        read_published(text, JAKARTA)

    assert growth(read, lambda size: piece * (size // len(piece)), 1000) < LINEAR
