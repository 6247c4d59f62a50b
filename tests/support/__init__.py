"""What tests share: real stations, real devices, people who sign."""
