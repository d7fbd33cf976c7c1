//! Who works, what customers ask for, and what becomes of it.

use crate::story::{Reason, Response, Story};

use Reason::{Busy, NotInterested};
use Response::{Accepted, Ignored};
use Story::{Answers, CalledOff, Declines, LastInstant, Late, Offline, OutOfOrder, Raced, Silent, Twice, Views};

/// A customer's job request and its story.
pub(crate) struct Job {
    /// What the customer wants done.
    pub(crate) title: &'static str,
    /// Where, with the postal code at the end.
    pub(crate) place: &'static str,
    /// The trade.
    pub(crate) trade: &'static str,
    /// The least and the most that the customer would pay, in rupees.
    pub(crate) budget: (u32, u32),
    /// What becomes of it.
    pub(crate) story: Story,
}

/// The freelancers; they take turns.
#[rustfmt::skip]
pub(crate) const FREELANCERS: [&str; 20] = [
    "Asha Rao", "Imran Sheikh", "Kavitha Nair", "Ravi Shankar", "Farida Begum",
    "Gurpreet Singh", "Lakshmi Iyer", "Mohan Das", "Nandini Patil", "Arjun Reddy",
    "Shabana Khan", "Vikram Joshi", "Deepa Menon", "Suresh Kumar", "Rekha Yadav",
    "Anthony D'Souza", "Pooja Gupta", "Harish Gowda", "Meera Pillai", "Zubin Mistry",
];

/// The day's jobs, in the order in which they are offered. Times are seconds after the offer.
#[rustfmt::skip] // A table is read by its rows.
pub(crate) const JOBS: [Job; 50] = [
    job("Kitchen sink leaks", "Indiranagar, Bengaluru 560038", "Plumbing", (500, 1_500), Answers(Accepted, 2.4)),
    job("Deep cleaning of a 2 BHK", "Kothrud, Pune 411038", "Cleaning", (2_500, 4_000), Silent),
    job("Ceiling fan makes a noise", "Adyar, Chennai 600020", "Electrical", (300, 700), Answers(Accepted, 4.1)),
    job("Split AC does not cool", "Gachibowli, Hyderabad 500032", "Appliances", (800, 2_500), Views(3.0)),
    job("Maths tutor for class 10", "Salt Lake, Kolkata 700091", "Tuition", (4_000, 6_000), Answers(Ignored, 5.2)),
    job("Bridal mehendi for two hands", "Bapunagar, Ahmedabad 380024", "Beauty", (3_000, 5_000), Declines(Busy, 3.3)),
    job("Wardrobe door off its hinge", "Powai, Mumbai 400076", "Carpentry", (400, 900), Silent),
    job("Repaint a balcony", "Vaishali Nagar, Jaipur 302021", "Painting", (2_000, 3_500), Answers(Accepted, 6.0)),
    job("Move a 1 BHK across town", "HSR Layout, Bengaluru 560102", "Moving", (5_000, 8_000), Raced(3.5)),
    job("RO filter needs a new membrane", "Dwarka, New Delhi 110075", "Appliances", (900, 2_200), Views(2.2)),
    job("Cockroaches in the kitchen", "Andheri West, Mumbai 400053", "Pests", (1_000, 1_800), Answers(Accepted, 1.7)),
    job("Cook for a family of four", "Aundh, Pune 411007", "Cooking", (6_000, 9_000), Late(Accepted, 1.6)),
    job("Fit a geyser in the bathroom", "Velachery, Chennai 600042", "Plumbing", (600, 1_200), Twice(Some(Accepted))),
    job("Yoga at home, three days a week", "Banjara Hills, Hyderabad 500034", "Fitness", (3_000, 5_000), Silent),
    job("Sofa shampoo, five seats", "New Town, Kolkata 700156", "Cleaning", (900, 1_500), Answers(Ignored, 2.9)),
    job("Main switch trips at night", "Paldi, Ahmedabad 380007", "Electrical", (300, 1_000), LastInstant(Accepted)),
    job("Six blouses to stitch", "T. Nagar, Chennai 600017", "Tailoring", (2_400, 3_600), Declines(NotInterested, 4.4)),
    job("Washer does not drain", "Whitefield, Bengaluru 560066", "Appliances", (500, 1_800), Answers(Accepted, 3.8)),
    job("Guitar lessons for a beginner", "Bandra, Mumbai 400050", "Tuition", (2_500, 4_000), Views(4.0)),
    job("Overhead tank cleaning", "Mansarovar, Jaipur 302020", "Cleaning", (700, 1_200), OutOfOrder(Accepted)),
    job("Photos of a naming ceremony", "Camp, Pune 411001", "Photography", (8_000, 15_000), Answers(Accepted, 5.5)),
    job("Mosquito mesh on four windows", "Madhapur, Hyderabad 500081", "Carpentry", (2_000, 3_000), Silent),
    job("Laptop screen cracked", "Nehru Place, New Delhi 110019", "Repairs", (3_500, 7_000), CalledOff(4.0)),
    job("Haircut at home for grandfather", "Jayanagar, Bengaluru 560041", "Beauty", (200, 400), Answers(Accepted, 2.0)),
    job("Leaking roof before the monsoon", "Thane West, Mumbai 400601", "Masonry", (5_000, 12_000), Offline(Accepted)),
    job("Driver for a weekend in Mysuru", "Ulsoor, Bengaluru 560008", "Driving", (3_000, 4_500), Declines(Busy, 2.6)),
    job("Inverter battery is dead", "Gomti Nagar, Lucknow 226010", "Electrical", (1_000, 9_000), Answers(Ignored, 7.1)),
    job("Garden needs a trim", "Alipore, Kolkata 700027", "Gardening", (600, 1_200), Views(6.5)),
    job("Tiles in the bathroom came loose", "Wakad, Pune 411057", "Masonry", (1_500, 3_000), Late(Ignored, 1.2)),
    job("Data cabling in an office", "Hinjewadi, Pune 411057", "Electrical", (4_000, 9_000), Answers(Accepted, 4.7)),
    job("Hindi typing, eighty pages", "Hazratganj, Lucknow 226001", "Office work", (800, 1_600), Silent),
    job("Puja arrangements for Griha Pravesh", "Anna Nagar, Chennai 600040", "Events", (3_000, 7_000), Raced(5.0)),
    job("Fridge makes ice in the wrong place", "Kondapur, Hyderabad 500084", "Appliances", (500, 2_000), Twice(None)),
    job("Two-wheeler does not start", "Vashi, Navi Mumbai 400703", "Repairs", (300, 1_200), LastInstant(Ignored)),
    job("Curtain rods in three rooms", "Domlur, Bengaluru 560071", "Carpentry", (600, 1_000), Answers(Accepted, 1.2)),
    job("Carnatic singing for a child", "Mylapore, Chennai 600004", "Tuition", (2_000, 3_500), Views(1.5)),
    job("Septic tank is full", "Bopal, Ahmedabad 380058", "Plumbing", (1_500, 2_500), OutOfOrder(Ignored)),
    job("Party make-up for three", "Saket, New Delhi 110017", "Beauty", (4_000, 7_500), Declines(NotInterested, 6.2)),
    job("CCTV for a shop", "Chandni Chowk, New Delhi 110006", "Electrical", (6_000, 14_000), Answers(Accepted, 3.1)),
    job("Iron thirty shirts", "Baner, Pune 411045", "Laundry", (300, 500), CalledOff(6.0)),
    job("Chimney cleaning", "Bellandur, Bengaluru 560103", "Cleaning", (600, 1_100), Offline(Ignored)),
    job("Wall crack in the hall", "Borivali, Mumbai 400092", "Masonry", (1_000, 2_500), Answers(Ignored, 3.6)),
    job("Web page for a bakery", "Fort Kochi, Kochi 682001", "Office work", (7_000, 15_000), Answers(Accepted, 6.8)),
    job("Nanny for two afternoons", "Kalyani Nagar, Pune 411006", "Care", (1_500, 2_500), Late(Accepted, 2.0)),
    job("Microwave sparks", "Ballygunge, Kolkata 700019", "Appliances", (400, 1_500), Twice(Some(Ignored))),
    job("Physiotherapy after an operation", "Kilpauk, Chennai 600010", "Care", (4_000, 8_000), LastInstant(Accepted)),
    job("False ceiling for a bedroom", "Kukatpally, Hyderabad 500072", "Carpentry", (12_000, 20_000), Views(5.8)),
    job("Water pump lost its prime", "Rajajinagar, Bengaluru 560010", "Plumbing", (400, 1_200), Answers(Accepted, 2.7)),
    job("GST return for a small shop", "Paldi, Ahmedabad 380007", "Office work", (1_000, 2_000), OutOfOrder(Accepted)),
    job("Festival lights on a balcony", "Chembur, Mumbai 400071", "Electrical", (800, 1_500), Silent),
];

/// What no consumer can make sense of: routing key and body.
pub(crate) const MALFORMED: [(&str, &str); 4] = [
    ("lead.notified", r#"{ "leadId": "3f0c"#),
    ("lead.notified", r#"{ "leadId": "42", "freelancerId": "Asha" }"#),
    ("lead.responded", r#"{ "response": "maybe", "leadId": "5a4b8c1e-7b0a-4f57-9a42-0d5c6a9b1f10" }"#),
    ("freelancer.plan_changed", r#"["active"]"#),
];

const fn job(title: &'static str, place: &'static str, trade: &'static str, budget: (u32, u32), story: Story) -> Job {
    Job { title, place, trade, budget, story }
}
