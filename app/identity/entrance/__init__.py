"""The entrance: codes, sessions, devices and tokens of residents and staff, and sign-in through WeChat or 浙里办."""
