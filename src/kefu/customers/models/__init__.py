"""The tables of the customers, a file per noun."""

from kefu.customers.models.consents import ConsentEntry, ConsentText
from kefu.customers.models.contacts import ContactPoint, FamilyLink, IdentityCheck
from kefu.customers.models.customer import NEWEST, Customer, CustomerQuerySet, Source
from kefu.customers.models.exports import SubjectExport
from kefu.customers.models.facts import BusinessCard, Death, Disclosure, Flag, Incident, LifeEvent
from kefu.customers.models.history import OwnershipChange, TimelineLine
from kefu.customers.models.merges import LikePair, Merge, MergeMove
from kefu.customers.models.moves import MovedCustomer, MovedStaff, TerritoryMove
from kefu.customers.models.papers import IdentityDocument
from kefu.customers.models.privacy import LegalHold, PrivacyRequest
from kefu.customers.models.referrals import Referral, ReferralPrompt, ReferralStep, Reward, RewardPlan
from kefu.customers.models.segments import Segment, SegmentVersion
from kefu.customers.models.standing import Assessment, Deal, DealCheck, RungChange, Standing
from kefu.customers.models.values import CustomerValue, TierChange, TierFigure, ValueRun

__all__ = [
    "NEWEST",
    "Assessment",
    "BusinessCard",
    "ConsentEntry",
    "ConsentText",
    "ContactPoint",
    "Customer",
    "CustomerQuerySet",
    "CustomerValue",
    "Deal",
    "DealCheck",
    "Death",
    "Disclosure",
    "FamilyLink",
    "Flag",
    "IdentityCheck",
    "IdentityDocument",
    "Incident",
    "LegalHold",
    "LifeEvent",
    "LikePair",
    "Merge",
    "MergeMove",
    "MovedCustomer",
    "MovedStaff",
    "OwnershipChange",
    "PrivacyRequest",
    "Referral",
    "ReferralPrompt",
    "ReferralStep",
    "Reward",
    "RewardPlan",
    "RungChange",
    "Segment",
    "SegmentVersion",
    "Source",
    "Standing",
    "SubjectExport",
    "TerritoryMove",
    "TierChange",
    "TierFigure",
    "TimelineLine",
    "ValueRun",
]
