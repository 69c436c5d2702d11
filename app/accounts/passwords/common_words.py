"""Words that begin too many passwords: names, teams, cities, keyboards and our own product.

They stand beside the 30,000 common passwords that zxcvbn brings and that know little Persian.
"""

_LATIN = """
salam khoda khodaya iran irani persian farsi tehran tehrani mashhad esfahan isfahan shiraz tabriz
ahvaz karaj rasht kerman kermanshah hamedan urmia yazd qazvin ardabil arak bandar abadan
mohammad mohamad mohammadi mohamadi hossein hosein hosseini hoseini hassan hasan ali alireza reza
rezaei amir amirali amirhossein mehdi mahdi javad hamid hamidreza saeed saeid majid masoud morteza
mostafa abbas ahmad ahmadi akbar asghar behnam behzad bahram babak arash aria aryan kourosh cyrus
dariush darius siavash sina soheil parsa pouya navid nima omid payam peyman farhad farzad fatemeh
fateme zahra maryam sara sarah narges nasrin nazanin niloofar neda negar mahsa mina mitra parisa
elham elnaz leila leyla shadi shirin somayeh setareh yasaman yalda zeinab zeynab hadis kimia
perspolis persepolis esteghlal sepahan teraktor traktor malavan azadi meli bargh iranman vatan
eshgh eshgham asheghetam asheghtam azizam doostat dooset dostat dustat jigar jigaram golam nafasam
mamani babajan madar pedar khanevade zendegi omidvar bahar tabestan paeez zemestan norouz nowruz
ramz ramzobor ramzeobor gozarvazheh kalame kalameobor vorood vorud modir modiriyat karbar karbari
peyk payk peik support supporter supportsystem helpdesk poshtibani poshtiban samaneh samane
activation register registration login signin welcome administrator admin root system smtp mail
email mailserver postmaster webmaster changeme letmein default temporary temp test tester testing
yaali yahossein yaabolfazl yamahdi allahoakbar bismillah bismellah besmellah alhamdolellah
khalijefars iranzamin parvardegar dooset daram doosetdaram dostetdaram zendegizibast omidvaram
demo sample guest user username password passwd passphrase passcode secret qwerty qwertyuiop
asdfghjkl zxcvbnm azerty server hosting company organization organisation office manager
"""

_PERSIAN = """
سلام خدا خدایا ایران ایرانی تهران مشهد اصفهان شیراز تبریز اهواز کرج رشت کرمان یزد قم قزوین
محمد محمدی حسین حسینی حسن علی علیرضا رضا رضایی امیر امیرعلی امیرحسین مهدی جواد حمید سعید مجید
مسعود مرتضی مصطفی عباس احمد احمدی اکبر آرش کوروش داریوش سیاوش سینا پارسا امید پیام فرهاد
فاطمه زهرا مریم سارا نرگس نسرین نازنین نیلوفر ندا نگار مهسا مینا میترا پریسا الهام لیلا شیرین
سمیه ستاره یاسمن یلدا زینب کیمیا پرسپولیس استقلال سپاهان تراکتور آزادی وطن عشق عشقم عاشقتم
عزیزم دوستت دارم دوستتدارم جیگر نفسم مامان مادر پدر بابا زندگی بهار تابستان پاییز زمستان نوروز
رمز رمزعبور گذرواژه کلمهعبور ورود مدیر مدیریت مدیرسیستم کاربر کاربری پیک پشتیبان پشتیبانی سامانه
یاعلی یاعلیمدد یاحسین یاابوالفضل یامهدی اللهاکبر الحمدلله بسمالله بسماللهالرحمنالرحیم خداوند
الهیبهامیدتو خدایاشکرت بنیآدماعضاییکدیگرند توانابودهرکهدانابود خلیجفارس ایرانزمین
زندگیزیباست دوستتدارم همیشهبهار گلم خانواده تولد تولدت مبارک فوتبال تیمملی شهریور مهرماه آبانماه
فروردین اردیبهشت خرداد مرداد آذر بهمن اسفند شنبه یکشنبه دوشنبه سهشنبه چهارشنبه پنجشنبه جمعه
سامانهپشتیبانی فعالسازی ثبتنام ایمیل سرور تست آزمایش آزمایشی نمونه مهمان سیستم شرکت
"""

PRODUCT = ("peyk", "پیک", "support", "پشتیبانی", "سامانه", "smtp", "activation")
OWN_WORDS = frozenset(_LATIN.split()) | frozenset(_PERSIAN.split())

# What the keys of a Persian layout give on an English one: «حشسسصخقی» is "password".
# fmt: off
_SAME_KEYS = {
    "ض": "q", "ص": "w", "ث": "e", "ق": "r", "ف": "t", "غ": "y", "ع": "u", "ه": "i", "خ": "o",
    "ح": "p", "ج": "[", "چ": "]", "ش": "a", "س": "s", "ی": "d", "ي": "d", "ب": "f", "ل": "g",
    "ا": "h", "ت": "j", "ن": "k", "م": "l", "ک": ";", "ك": ";", "گ": "'", "ظ": "z", "ط": "x",
    "ز": "c", "ر": "v", "ذ": "b", "د": "n", "پ": "m", "ئ": "m", "و": ",",
}
# fmt: on
TO_LATIN_KEYS = str.maketrans(_SAME_KEYS)
# The other way round: «sghl» is what hands write that mean «سلام».
TO_PERSIAN_KEYS = str.maketrans({key: c for c, key in _SAME_KEYS.items() if c not in "يكئ"})

ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "ضصثقفغعهخحجچ",
    "شسیبلاتنمکگ",
    "ظطزرذدپو",
    "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
)
