"""Weather: what goes wrong between a client and the service, scripted or by chance, the same for the same seed."""

from sim365.weather.faults import Fault
from sim365.weather.latency import Latency, Spread
from sim365.weather.rules import Rule, Weather

__all__ = ["Fault", "Latency", "Rule", "Spread", "Weather"]
